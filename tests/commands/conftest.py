"""Buckets for the bucket commands: AWS as moto plays it, and SeaweedFS over HTTPS."""

from collections.abc import Iterator

import boto3
import pytest

from harness.certificate import Certificate, self_signed
from harness.seaweed import SeaweedS3
from tests.commands.buckets import ORIGINS, Service, provision


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return self_signed(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="session")
def https_seaweed(
    tmp_path_factory: pytest.TempPathFactory, certificate: Certificate
) -> Iterator[SeaweedS3]:
    service = SeaweedS3(tmp_path_factory.mktemp("https-seaweed"), certificate)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def aws(on_aws: None, settings, bucket_name: str) -> Service:
    settings.CORS_ALLOWED_ORIGINS = ORIGINS
    settings.S3_BUCKET = bucket_name
    return Service("aws", boto3.client("s3", region_name=settings.S3_REGION), bucket_name)


@pytest.fixture
def seaweedfs(
    https_seaweed: SeaweedS3,
    certificate: Certificate,
    bucket_name: str,
    settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Service:
    from tests.store_settings import use_s3

    for name, value in https_seaweed.environment.items():
        if name.startswith("AWS_"):
            monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate.certificate))
    settings.CORS_ALLOWED_ORIGINS = ORIGINS
    use_s3(
        settings,
        S3_BUCKET=bucket_name,
        S3_ENDPOINT_URL=https_seaweed.https_url,
        S3_REGION=https_seaweed.region,
    )
    client = boto3.client("s3", endpoint_url=https_seaweed.https_url)
    return Service("seaweedfs", client, bucket_name)


@pytest.fixture(params=["aws", "seaweedfs"])
def service(request: pytest.FixtureRequest) -> Service:
    """Each test that asks for it runs on both."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def provisioned(service: Service) -> Service:
    assert provision().code == 0
    return service

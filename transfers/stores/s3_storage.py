"""django-storages' S3 storage with our settings. Imported where S3 is used: boto3 takes 30 MiB."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

import boto3
from botocore.client import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from storages.backends.s3 import S3Storage

from transfers.stores.base import StoreUnavailable, UploadGone
from transfers.stores.bucket.lifecycle import KEY_PREFIX

if TYPE_CHECKING:
    from types_boto3_s3 import S3ServiceResource

# For whoever only asks whether the store is there.
IMPATIENT = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1})

_making_a_connection = threading.Lock()


class CiphertextS3Storage(S3Storage):  # type: ignore[misc]  # django-storages has no types
    """The bucket of the settings, or the one named by `bucket_name`; options as django-storages'.

    Making one raises StoreUnavailable where AWS must be asked for the bucket's name and is away.
    """

    bucket_name: str
    region_name: str
    endpoint_url: str | None
    client_config: Config

    location = KEY_PREFIX
    file_overwrite = False
    object_parameters = {"ContentType": "application/octet-stream"}

    def __init__(self, **options: Any) -> None:
        options.setdefault("region_name", settings.S3_REGION)
        options.setdefault("endpoint_url", settings.S3_ENDPOINT_URL)
        options.setdefault("client_config", _client_config(bool(options["endpoint_url"])))
        if not options.get("bucket_name"):
            options["bucket_name"] = settings.S3_BUCKET or default_bucket(options["region_name"])
        super().__init__(**options)

    @cached_property
    def connection(self) -> "S3ServiceResource":
        """One for all threads, where django-storages makes one for each: 13 MiB (decision 0102).

        boto3's clients are thread-safe, and the resource is only asked for new objects.
        """
        with _making_a_connection:
            connection: S3ServiceResource = session(self.session_profile).resource(
                "s3",
                aws_access_key_id=self.access_key,
                aws_secret_access_key=self.secret_key,
                aws_session_token=self.security_token,
                region_name=self.region_name,
                use_ssl=self.use_ssl,
                verify=self.verify,
                endpoint_url=self.endpoint_url,
                config=self.client_config,
            )
        return connection

    def __getstate__(self) -> dict[str, Any]:
        return {key: value for key, value in super().__getstate__().items() if key != "connection"}


@cache
def session(profile: str | None = None) -> boto3.Session:
    """One for the process: each loads the description of S3 anew."""
    return boto3.Session(profile_name=profile)


@cache
def default_bucket(region: str) -> str:
    """The bucket of this AWS account and region, by the project's naming rule."""
    with translated_errors():
        with _making_a_connection:
            client = session().client("sts", region_name=region)
        account_id = client.get_caller_identity()["Account"]
    return f"{account_id}--sgraph-send-transfers--{region}"


@contextmanager
def translated_errors() -> Iterator[None]:
    """boto3's errors as StoreUnavailable, but for uploads that are not there as UploadGone."""
    try:
        yield
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        raise (UploadGone if code == "NoSuchUpload" else StoreUnavailable)(code) from exc
    except BotoCoreError as exc:
        raise StoreUnavailable(type(exc).__name__) from exc


def _client_config(custom_endpoint: bool) -> Config:
    """On AWS virtual addressing, or presigned URLs meet a redirect; elsewhere path style, and no
    checksums that other stores do not know."""
    return Config(
        s3={"addressing_style": "path" if custom_endpoint else "virtual"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=64,
    )

"""Calls about one bucket, with the answers of S3 and its kin told apart."""

from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from transfers.stores.base import StoreUnavailable

# With these every other call would fail as well.
CREDENTIAL_CODES = {
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidToken",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
}
UNSUPPORTED_CODES = {"MethodNotAllowed", "NotImplemented"}
UNSUPPORTED_STATUS = {405, 501}


class NotSupported(Exception):
    """The service does not know this call; the text is a clause for the operator."""


class Refused(Exception):
    """The service knows the call and refuses it to us."""

    def __init__(self, call: str, code: str) -> None:
        super().__init__(f"{call} was answered with {code}")
        self.call = call
        self.code = code


@dataclass(frozen=True)
class Bucket:
    """One bucket, as this process reaches it (`client`) and as browsers do (`public_client`)."""

    name: str
    region: str
    endpoint_url: str | None
    public_url: str | None
    client: Any = field(repr=False)
    public_client: Any = field(repr=False)

    @property
    def arn(self) -> str:
        if self.endpoint_url:
            return f"arn:aws:s3:::{self.name}"
        return f"arn:{boto3.Session().get_partition_for_region(self.region)}:s3:::{self.name}"

    def call(
        self, verb: str, absent: frozenset[str] | set[str] = frozenset(), **parameters
    ) -> dict:
        """The answer; empty where the error is one of `absent`.

        Raises NotSupported, Refused, StoreUnavailable.
        """
        return ask(self.client, verb, absent, Bucket=self.name, **parameters)


def ask(client: Any, verb: str, absent: frozenset[str] | set[str], **parameters) -> dict:
    """Call `verb` of a boto3 client, with the errors of `Bucket.call`."""
    try:
        return getattr(client, verb)(**parameters)
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        status = exc.response["ResponseMetadata"]["HTTPStatusCode"]
        if code in absent:
            return {}
        if code in UNSUPPORTED_CODES or status in UNSUPPORTED_STATUS:
            raise NotSupported(f"the service does not offer {verb}") from exc
        if code in CREDENTIAL_CODES or status >= 500:
            raise StoreUnavailable(code) from exc
        raise Refused(verb, code) from exc
    except BotoCoreError as exc:
        raise StoreUnavailable(type(exc).__name__) from exc

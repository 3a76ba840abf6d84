"""Calls about one bucket, and which of its errors mean what."""

from collections.abc import Set
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from transfers.stores.base import StoreUnavailable

# A JSON object as S3 takes and answers it: a policy, its statements, rules of any kind.
Document = dict[str, Any]

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
        return f"arn:{self.client.meta.partition}:s3:::{self.name}"

    def call(self, verb: str, *, absent: Set[str] = frozenset(), **parameters: Any) -> Document:
        """The answer; empty where the error is one of `absent`.

        Raises NotSupported, Refused, StoreUnavailable.
        """
        return ask(self.client, verb, absent=absent, Bucket=self.name, **parameters)


def ask(client: Any, verb: str, *, absent: Set[str], **parameters: Any) -> Document:
    """Call `verb` of a boto3 client, with the errors of `Bucket.call`."""
    try:
        answer: Document = getattr(client, verb)(**parameters)
        return answer
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

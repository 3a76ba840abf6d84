"""Ciphertext in an S3 bucket, on django-storages' S3 storage and boto3's multipart calls."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from typing import BinaryIO
from urllib.parse import urlsplit

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from storages.backends.s3 import S3Storage

from transfers import limits
from transfers.stores import listing
from transfers.stores.base import (
    StoredPart,
    StoreUnavailable,
    TransferStore,
    UploadGone,
    WrongLength,
)
from transfers.stores.bucket.examination import Outcome, rules, set_right
from transfers.stores.bucket.lifecycle import KEY_PREFIX
from transfers.stores.bucket.rule import Rule
from transfers.stores.bucket.service import Bucket
from transfers.stores.s3_connection import IMPATIENT, client_config

CHUNK_BYTES = 256 * 2**10
ABSENT_CODES = {"404", "NoSuchKey", "NotFound"}


def default_bucket(region: str) -> str:
    """The bucket of this AWS account and region, by the project's naming rule."""
    with _translated():
        account_id = boto3.client("sts", region_name=region).get_caller_identity()["Account"]
    return f"{account_id}--sgraph-send-transfers--{region}"


class S3Store(S3Storage, TransferStore):
    """Presigned multipart uploads and ranged downloads; browsers talk to the bucket itself."""

    kind = "s3"

    def __init__(
        self,
        bucket: str,
        region: str,
        endpoint_url: str | None,
        public_url: str | None,
        longest_expiry_seconds: int,
    ) -> None:
        self.public_url = public_url
        self.longest_expiry_seconds = longest_expiry_seconds
        super().__init__(
            bucket_name=bucket,
            region_name=region,
            endpoint_url=endpoint_url,
            client_config=client_config(custom_endpoint=bool(endpoint_url)),
        )

    @property
    def bucket(self) -> str:
        return self.bucket_name

    @cached_property
    def _client(self):
        # One client for all threads: boto3's clients are thread-safe, its resources are not.
        return self.connection.meta.client

    @cached_property
    def _signing_client(self):
        if not self.public_url:
            return self._client
        return self._create_session().client(
            "s3",
            region_name=self.region_name,
            endpoint_url=self.public_url,
            config=self.client_config,
        )

    def begin(self, transfer_id: str) -> str:
        with _translated():
            answer = self._client.create_multipart_upload(
                **self._object(transfer_id), ContentType="application/octet-stream"
            )
        return answer["UploadId"]

    def sign_part(self, transfer_id: str, upload_id: str, index: int, size_bytes: int) -> str:
        return self._presigned(
            "upload_part",
            limits.PART_URL_SECONDS,
            **self._part(transfer_id, upload_id, index),
            ContentLength=size_bytes,
        )

    def write_part(
        self,
        transfer_id: str,
        upload_id: str,
        index: int,
        chunks: Iterator[bytes],
        size_bytes: int | None,
        still_wanted: Callable[[], bool],
    ) -> StoredPart:
        with tempfile.TemporaryFile() as spool:
            written_bytes = _spool(chunks, spool)
            if size_bytes not in (None, written_bytes):
                raise WrongLength
            if not still_wanted():
                raise UploadGone(transfer_id)
            spool.seek(0)
            with _translated():
                answer = self._client.upload_part(
                    **self._part(transfer_id, upload_id, index),
                    Body=spool,
                    ContentLength=written_bytes,
                )
        return StoredPart(index, written_bytes, answer["ETag"])

    def list_parts(self, transfer_id: str, upload_id: str) -> list[StoredPart]:
        pages = self._client.get_paginator("list_parts").paginate(
            **self._object(transfer_id), UploadId=upload_id
        )
        with _translated():
            listed = [part for page in pages for part in page.get("Parts", [])]
        # SeaweedFS keeps every try of a part and lists them all; AWS the last one only.
        latest = {
            part["PartNumber"]: part for part in sorted(listed, key=lambda p: p["LastModified"])
        }
        return [
            StoredPart(number - 1, part["Size"], part["ETag"])
            for number, part in sorted(latest.items())
        ]

    def complete(self, transfer_id: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        chosen = [{"PartNumber": part.index + 1, "ETag": part.etag} for part in parts]
        with _translated():
            self._client.complete_multipart_upload(
                **self._object(transfer_id), UploadId=upload_id, MultipartUpload={"Parts": chosen}
            )

    def abort(self, transfer_id: str, upload_id: str) -> None:
        try:
            with _translated():
                self._client.abort_multipart_upload(**self._object(transfer_id), UploadId=upload_id)
        except UploadGone:
            pass

    def abort_all(self, transfer_id: str) -> None:
        for upload_id in self._uploads(transfer_id):
            self.abort(transfer_id, upload_id)

    def stat(self, transfer_id: str) -> int | None:
        try:
            with _translated(passing=ABSENT_CODES):
                return self._client.head_object(**self._object(transfer_id))["ContentLength"]
        except ClientError:
            return None

    def sign_download(self, transfer_id: str) -> str:
        return self._presigned(
            "get_object",
            limits.DOWNLOAD_URL_SECONDS,
            **self._object(transfer_id),
            ResponseContentType="application/octet-stream",
            ResponseContentDisposition="attachment",
            ResponseCacheControl="no-store",
        )

    def read(self, transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        if not length_bytes:
            return
        with _translated():
            wanted = f"bytes={start}-{start + length_bytes - 1}"
            answer = self._client.get_object(**self._object(transfer_id), Range=wanted)
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] != length_bytes:
                    raise StoreUnavailable("the store sends another range than it was asked for")
                yield from body.iter_chunks(CHUNK_BYTES)

    def delete(self, transfer_id: str) -> None:
        with _translated():
            self._client.delete_object(**self._object(transfer_id))
            # In a bucket with versions that only added a marker, which is a version too.
            for version_id in self._versions(transfer_id):
                self._client.delete_object(**self._object(transfer_id), VersionId=version_id)

    def traces(self, transfer_id: str) -> dict[str, bool]:
        with _translated():
            return {
                "object": self.stat(transfer_id) is not None,
                "versions": bool(self._versions(transfer_id)),
                "unfinished uploads": bool(self._uploads(transfer_id)),
            }

    @cached_property
    def _impatient_client(self):
        config = self.client_config.merge(IMPATIENT)
        return self._create_session().client(
            "s3", region_name=self.region_name, endpoint_url=self.endpoint_url, config=config
        )

    def contents(self) -> listing.Pages:
        with _translated():
            yield from listing.in_bucket(self._client, self.bucket_name, KEY_PREFIX)

    def require_answer(self) -> None:
        with _translated():
            self._impatient_client.head_bucket(Bucket=self.bucket_name)

    def as_bucket(self) -> Bucket:
        """The bucket as its rules see it."""
        return Bucket(
            name=self.bucket_name,
            region=self.region_name,
            endpoint_url=self.endpoint_url,
            public_url=self.public_url,
            client=self._client,
            public_client=self._signing_client,
        )

    def rules(self, origins: Sequence[str]) -> list[Rule]:
        return rules(origins, self.longest_expiry_seconds)

    def provision(self, origins: Sequence[str]) -> list[str]:
        existence, *others = set_right(self.as_bucket(), self.rules(origins))
        if existence.outcome not in (Outcome.RIGHT, Outcome.CHANGED):
            raise StoreUnavailable(existence.text)
        failed = [step for step in others if step.outcome is Outcome.FAILED]
        unread = [step.rule for step in others if step.outcome is Outcome.UNREADABLE]
        return [f"{step.rule}: {step.text}" for step in failed] + (
            [f"these rules could not be read: {', '.join(unread)}"] if unread else []
        )

    def browser_origin(self) -> str | None:
        parts = urlsplit(self.sign_download("0"))
        return f"{parts.scheme}://{parts.netloc}"

    def _versions(self, transfer_id: str) -> list[str]:
        found = self._listed("list_object_versions", transfer_id, "Versions", "DeleteMarkers")
        return [version["VersionId"] for version in found]

    def _uploads(self, transfer_id: str) -> list[str]:
        with _translated():
            found = self._listed("list_multipart_uploads", transfer_id, "Uploads")
            return [upload["UploadId"] for upload in found]

    def _listed(self, call: str, transfer_id: str, *kinds: str) -> list[dict]:
        """What all pages of a listing hold of exactly this object."""
        key = _key(transfer_id)
        pages = self._client.get_paginator(call).paginate(Bucket=self.bucket_name, Prefix=key)
        return [
            found
            for page in pages
            for kind in kinds
            for found in page.get(kind, [])
            if found["Key"] == key
        ]

    def _presigned(self, call: str, seconds: int, **parameters: object) -> str:
        with _translated():
            return self._signing_client.generate_presigned_url(
                call, Params=parameters, ExpiresIn=seconds
            )

    def _object(self, transfer_id: str) -> dict[str, str]:
        return {"Bucket": self.bucket_name, "Key": _key(transfer_id)}

    def _part(self, transfer_id: str, upload_id: str, index: int) -> dict[str, object]:
        return {**self._object(transfer_id), "UploadId": upload_id, "PartNumber": index + 1}


def _spool(chunks: Iterator[bytes], spool: BinaryIO) -> int:
    """Write a body to a temporary file; its length. A full disk is the store being away."""
    for chunk in chunks:
        try:
            spool.write(chunk)
        except OSError as exc:
            raise StoreUnavailable(exc.strerror) from exc
    return spool.tell()


def _key(transfer_id: str) -> str:
    return f"{KEY_PREFIX}{transfer_id}"


@contextmanager
def _translated(passing: frozenset[str] | set[str] = frozenset()) -> Iterator[None]:
    try:
        yield
    except ClientError as exc:
        code = exc.response["Error"]["Code"]
        if code in passing:
            raise
        if code == "NoSuchUpload":
            raise UploadGone(code) from exc
        raise StoreUnavailable(code) from exc
    except BotoCoreError as exc:
        raise StoreUnavailable(type(exc).__name__) from exc

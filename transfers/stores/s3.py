"""Multipart uploads into a bucket. Browsers talk to it themselves, by presigned URLs."""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from transfers import limits
from transfers.stores import listing
from transfers.stores.base import (
    StoredPart,
    StoreUnavailable,
    TransferStore,
    UploadGone,
    WrongLength,
)
from transfers.stores.bucket.lifecycle import KEY_PREFIX
from transfers.stores.bucket.provisioning import Outcome, provision, rules
from transfers.stores.bucket.rule import Rule
from transfers.stores.bucket.service import Bucket
from transfers.stores.s3_storage import IMPATIENT, CiphertextS3Storage, translated_errors
from transfers.stores.timing import Stopwatch, timed

if TYPE_CHECKING:
    from types_boto3_s3 import S3Client

CHUNK_BYTES = 256 * 2**10
DOWNLOAD_HEADERS = {
    "ResponseContentType": "application/octet-stream",
    "ResponseContentDisposition": "attachment",
    "ResponseCacheControl": "no-store",
}


@contextmanager
def _call(verb: str) -> Iterator[Stopwatch]:
    """A timed call of S3 with translated errors, also as a decorator."""
    with timed(verb) as stopwatch, translated_errors():
        yield stopwatch


class S3Store(TransferStore):
    """Objects lie in the storage; one boto3 client for all threads does the rest."""

    kind = "s3"
    storage: CiphertextS3Storage

    def __init__(self, storage: CiphertextS3Storage) -> None:
        self.storage = storage

    @property
    def bucket(self) -> str:
        return self.storage.bucket_name

    @property
    def client(self) -> "S3Client":
        return self.storage.connection.meta.client

    @cached_property
    def public_storage(self) -> CiphertextS3Storage:
        """The same bucket under the address that browsers use."""
        if not settings.S3_PUBLIC_URL:
            return self.storage
        return self._like_storage(endpoint_url=settings.S3_PUBLIC_URL)

    @cached_property
    def _impatient_storage(self) -> CiphertextS3Storage:
        return self._like_storage(client_config=self.storage.client_config.merge(IMPATIENT))

    @_call("begin")
    def begin(self, transfer_id: str) -> str:
        parameters = self.storage.get_object_parameters(transfer_id)
        answer = self.client.create_multipart_upload(**self._object(transfer_id), **parameters)
        return answer["UploadId"]

    def sign_part(self, transfer_id: str, upload_id: str, index: int, size_bytes: int) -> str:
        part = {**self._part(transfer_id, upload_id, index), "ContentLength": size_bytes}
        with translated_errors():
            return self.public_storage.connection.meta.client.generate_presigned_url(
                "upload_part", Params=part, ExpiresIn=limits.PART_URL_SECONDS
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
        with _call("write_part") as stopwatch, tempfile.TemporaryFile() as spool:
            written_bytes = _spool(stopwatch.paused_for(chunks), spool)
            if size_bytes not in (None, written_bytes):
                raise WrongLength
            if not still_wanted():
                raise UploadGone(transfer_id)
            spool.seek(0)
            answer = self.client.upload_part(
                **self._part(transfer_id, upload_id, index),
                Body=spool,
                ContentLength=written_bytes,
            )
        return StoredPart(index, written_bytes, answer["ETag"])

    @_call("list_parts")
    def list_parts(self, transfer_id: str, upload_id: str) -> list[StoredPart]:
        pages = self.client.get_paginator("list_parts").paginate(
            **self._object(transfer_id), UploadId=upload_id
        )
        listed = [part for page in pages for part in page.get("Parts", [])]
        # SeaweedFS keeps every try of a part and lists them all; AWS the last one only.
        latest = {
            part["PartNumber"]: part for part in sorted(listed, key=lambda p: p["LastModified"])
        }
        return [
            StoredPart(number - 1, part["Size"], part["ETag"])
            for number, part in sorted(latest.items())
        ]

    @_call("complete")
    def complete(self, transfer_id: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        self.client.complete_multipart_upload(
            **self._object(transfer_id),
            UploadId=upload_id,
            MultipartUpload={
                "Parts": [{"PartNumber": part.index + 1, "ETag": part.etag} for part in parts]
            },
        )

    @timed("abort")
    def abort(self, transfer_id: str, upload_id: str) -> None:
        with suppress(UploadGone), translated_errors():
            self.client.abort_multipart_upload(**self._object(transfer_id), UploadId=upload_id)

    @_call("abort_all")
    def abort_all(self, transfer_id: str) -> None:
        for upload_id in self._uploads(transfer_id):
            self.abort(transfer_id, upload_id)

    @_call("stat")
    def stat(self, transfer_id: str) -> int | None:
        try:
            size_bytes: int = self.storage.size(transfer_id)
        except FileNotFoundError:
            return None
        return size_bytes

    def sign_download(self, transfer_id: str) -> str:
        with translated_errors():
            url: str = self.public_storage.url(
                transfer_id, parameters=DOWNLOAD_HEADERS, expire=limits.DOWNLOAD_URL_SECONDS
            )
        return url

    def read(self, transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        if not length_bytes:
            return
        with _call("read") as stopwatch:
            byte_range = f"bytes={start}-{start + length_bytes - 1}"
            answer = self.client.get_object(**self._object(transfer_id), Range=byte_range)
            with closing(answer["Body"]) as body:
                if answer["ContentLength"] != length_bytes:
                    raise StoreUnavailable("the store sends another range than it was asked for")
                for chunk in body.iter_chunks(CHUNK_BYTES):
                    with stopwatch.paused():
                        yield chunk

    @_call("delete")
    def delete(self, transfer_id: str) -> None:
        self.storage.delete(transfer_id)
        # In a bucket with versions that only added a marker, which is a version too.
        for version_id in self._versions(transfer_id):
            self.client.delete_object(**self._object(transfer_id), VersionId=version_id)

    @_call("traces")
    def traces(self, transfer_id: str) -> dict[str, bool]:
        return {
            "object": self.storage.exists(transfer_id),
            "versions": bool(self._versions(transfer_id)),
            "unfinished uploads": bool(self._uploads(transfer_id)),
        }

    def contents(self) -> listing.Pages:
        with translated_errors():
            yield from listing.in_bucket(self.client, self.bucket, KEY_PREFIX)

    def require_answer(self) -> None:
        with translated_errors():
            self._impatient_storage.connection.meta.client.head_bucket(Bucket=self.bucket)

    def close_connections(self) -> None:
        for storage in {self.storage, self.public_storage, self._impatient_storage}:
            storage.connection.meta.client.close()

    def as_bucket(self) -> Bucket:
        """The bucket as its rules see it."""
        return Bucket(
            name=self.bucket,
            region=self.storage.region_name,
            endpoint_url=self.storage.endpoint_url,
            public_url=settings.S3_PUBLIC_URL,
            client=self.client,
            public_client=self.public_storage.connection.meta.client,
        )

    def rules(self, origins: Sequence[str]) -> list[Rule]:
        return rules(origins, settings.MAX_EXPIRY_SECONDS)

    def provision(self, origins: Sequence[str]) -> list[str]:
        existence, *others = provision(self.as_bucket(), self.rules(origins))
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

    def _like_storage(self, **changes: Any) -> CiphertextS3Storage:
        return CiphertextS3Storage(
            **{
                "bucket_name": self.bucket,
                "region_name": self.storage.region_name,
                "endpoint_url": self.storage.endpoint_url,
                "client_config": self.storage.client_config,
                **changes,
            }
        )

    def _versions(self, transfer_id: str) -> list[str]:
        found = self._listed("list_object_versions", transfer_id, "Versions", "DeleteMarkers")
        return [version["VersionId"] for version in found]

    def _uploads(self, transfer_id: str) -> list[str]:
        found = self._listed("list_multipart_uploads", transfer_id, "Uploads")
        return [upload["UploadId"] for upload in found]

    def _listed(self, call: Any, transfer_id: str, *kinds: str) -> list[dict[str, Any]]:
        """What all pages of a listing hold of exactly this object."""
        key = self._object(transfer_id)["Key"]
        pages = self.client.get_paginator(call).paginate(Bucket=self.bucket, Prefix=key)
        return [
            found
            for page in pages
            for kind in kinds
            for found in page.get(kind, [])
            if found["Key"] == key
        ]

    def _object(self, transfer_id: str) -> dict[str, Any]:
        return {"Bucket": self.bucket, "Key": f"{KEY_PREFIX}{transfer_id}"}

    def _part(self, transfer_id: str, upload_id: str, index: int) -> dict[str, Any]:
        return {**self._object(transfer_id), "UploadId": upload_id, "PartNumber": index + 1}


def _spool(chunks: Iterator[bytes], spool: BinaryIO) -> int:
    """Write a body to a temporary file; its length. A full disk is the store being away."""
    for chunk in chunks:
        try:
            spool.write(chunk)
        except OSError as exc:
            raise StoreUnavailable(exc.strerror) from exc
    return spool.tell()

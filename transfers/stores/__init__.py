"""Where ciphertext lies: Django storages of finished objects, and multipart uploads into them.

Nothing here knows the rows of the database; each of those records kind and bucket of its store."""

from functools import cache
from typing import TYPE_CHECKING, cast

from django.core.files.storage import storages

from transfers.stores.base import TransferStore
from transfers.stores.local import LocalStore
from transfers.stores.local_storage import LocalStorage

if TYPE_CHECKING:
    from transfers.stores.s3_storage import CiphertextS3Storage


@cache
def current_store() -> TransferStore:
    """The store that new transfers go to, over the storage configured as `ciphertext`."""
    storage = storages["ciphertext"]
    if isinstance(storage, LocalStorage):
        return LocalStore(storage)
    from transfers.stores.s3 import S3Store

    return S3Store(cast("CiphertextS3Storage", storage))


@cache
def open_store(kind: str, bucket: str) -> TransferStore:
    """The store of a row; settings say only how to reach it. Any local one answers to ""."""
    current = current_store()
    if kind == current.kind and bucket in (current.bucket, ""):
        return current
    if kind == "local":
        return LocalStore(LocalStorage(store_id=bucket))
    from transfers.stores.s3 import S3Store
    from transfers.stores.s3_storage import CiphertextS3Storage

    return S3Store(CiphertextS3Storage(bucket_name=bucket))

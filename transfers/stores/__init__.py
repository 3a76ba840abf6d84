"""Which store a transfer lies in. Every row records its own, so old rows keep working."""

from functools import cache

from django.core.files.storage import storages

from transfers.stores.base import TransferStore
from transfers.stores.local import LocalStore
from transfers.stores.local_storage import LocalStorage


@cache
def current_store() -> TransferStore:
    """The store that new transfers go to, over the storage configured as `ciphertext`."""
    storage = storages["ciphertext"]
    if isinstance(storage, LocalStorage):
        return LocalStore(storage)
    from transfers.stores.s3 import S3Store

    return S3Store(storage)


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

"""Which store a transfer lies in. Every row records its own, so old rows keep working."""

from functools import cache

from django.conf import settings

from transfers.stores import local_identity
from transfers.stores.base import TransferStore
from transfers.stores.local import LocalStore
from transfers.stores.s3 import S3Store, default_bucket


@cache
def open_store(kind: str, bucket: str) -> TransferStore:
    """The store of a row; settings say only how to reach it."""
    if kind == "local":
        return LocalStore(settings.LOCAL_STORE_DIR, bucket)
    return S3Store(
        bucket=bucket,
        region=settings.S3_REGION,
        endpoint_url=settings.S3_ENDPOINT_URL,
        public_url=settings.S3_PUBLIC_URL,
        longest_expiry_seconds=settings.MAX_EXPIRY_SECONDS,
    )


@cache
def _configured_bucket() -> str:
    return settings.S3_BUCKET or default_bucket(settings.S3_REGION)


@cache
def _local_store_id() -> str:
    root = settings.LOCAL_STORE_DIR
    if known := local_identity.known_id(root):
        return known
    store = LocalStore(root)
    store.provision([])
    return local_identity.remember(root, store.bucket)


def current_store() -> TransferStore:
    """The store that new transfers go to."""
    if settings.STORE == "local":
        return open_store("local", _local_store_id())
    return open_store("s3", _configured_bucket())


def forget_stores() -> None:
    """Read the settings anew at the next use."""
    open_store.cache_clear()
    _configured_bucket.cache_clear()
    _local_store_id.cache_clear()

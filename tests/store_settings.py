"""The stores of this process, made anew from settings that a test has changed."""

from django.core.files.storage import storages

from transfers.stores import current_store, open_store, s3_storage


def forget_stores() -> None:
    """Read the settings anew at the next use, as a process does that has not used them yet."""
    current_store.cache_clear()
    open_store.cache_clear()
    s3_storage.session.cache_clear()
    s3_storage.default_bucket.cache_clear()
    storages._storages.pop("ciphertext", None)


def use_s3(settings, **values: str | None) -> None:
    """New transfers go to a bucket; `values` are settings by name."""
    settings.STORE = "s3"
    backend = "transfers.stores.s3_storage.CiphertextS3Storage"
    settings.STORAGES = {**settings.STORAGES, "ciphertext": {"BACKEND": backend}}
    for name, value in values.items():
        setattr(settings, name, value)
    forget_stores()

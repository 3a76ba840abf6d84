"""All that a store holds, page by page, for the comparison with the rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Held:
    """A finished object, or an unfinished upload, whose bytes are not counted."""

    transfer_id: str
    is_finished: bool
    changed_at: datetime
    size_bytes: int = 0


Pages = Iterator[list[Held]]


def in_folders(root: Path) -> Pages:
    """What lies in a local store, one page for each folder of folders. Raises OSError."""
    for kind, is_finished in (("objects", True), ("uploads", False)):
        for place in sorted((root / kind).iterdir()):
            found = (_in_folder(folder, is_finished) for folder in place.iterdir())
            yield [held for held in found if held]


def _in_folder(folder: Path, is_finished: bool) -> Held | None:
    """None for a folder that was removed meanwhile."""
    try:
        parts = [part.stat().st_size for part in folder.iterdir()] if is_finished else []
        changed_at = datetime.fromtimestamp(folder.stat().st_mtime, UTC)
    except FileNotFoundError:
        return None
    # A dot begins the name of a folder that is being removed.
    return Held(folder.name.removeprefix("."), is_finished, changed_at, sum(parts))


def in_bucket(client: Any, bucket: str, prefix: str) -> Pages:
    """What lies below `prefix` in a bucket, a page for each answer. Raises botocore's errors."""
    for call, kind, is_finished, changed in (
        ("list_objects_v2", "Contents", True, "LastModified"),
        ("list_multipart_uploads", "Uploads", False, "Initiated"),
    ):
        for page in client.get_paginator(call).paginate(Bucket=bucket, Prefix=prefix):
            yield [
                Held(
                    found["Key"].removeprefix(prefix),
                    is_finished,
                    found[changed],
                    found.get("Size", 0),
                )
                for found in page.get(kind, [])
            ]

"""A Django storage over a folder: each object is a folder of the parts in which it was sent.

objects/<ab>/<name>/00000 …            an object
uploads/<ab>/<name>/<upload>/00000 …   parts of an unfinished one; `.` names are being written
store_id                               which store this is (local_identity.py)
"""

import io
import os
import secrets
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cached_property
from itertools import accumulate
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.core.files import File
from django.core.files.storage import Storage
from django.utils.deconstruct import deconstructible

from transfers import limits
from transfers.stores import local_identity, local_urls
from transfers.stores.base import StoreUnavailable


@deconstructible
class LocalStorage(Storage):
    """Objects under flat names below `location`, by default LOCAL_STORE_DIR of the settings.

    Every method raises StoreUnavailable where `location` is not there, or holds another store than
    `store_id`; without that, than the one known to belong there.
    """

    def __init__(self, location: str | Path | None = None, store_id: str = "") -> None:
        self.root = Path(location or settings.LOCAL_STORE_DIR)
        self._given_id = store_id

    @cached_property
    def store_id(self) -> str:
        """The id of the store that belongs here. Where there never was one, it is made now."""
        if expected := self._given_id or local_identity.known_id(self.root):
            return expected
        try:
            self.make_folders()
            return local_identity.remember(self.root, local_identity.found_id(self.root))
        except OSError as exc:
            raise StoreUnavailable(exc.strerror) from exc

    def make_folders(self) -> None:
        """Raises OSError."""
        for folder in (self.root / "uploads", self.root / "objects"):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        local_identity.give_id(self.root)

    def require_mounted(self) -> None:
        """Raises StoreUnavailable for a folder that is not there, or is another store."""
        expected = self.store_id
        try:
            found = local_identity.found_id(self.root)
        except OSError as exc:
            raise StoreUnavailable(f"{self.root} holds no store") from exc
        if found != expected:
            raise StoreUnavailable(f"{self.root} holds another store than the one written to")

    @contextmanager
    def errors(self, missing: type[Exception] = FileNotFoundError) -> Iterator[None]:
        """OSErrors as StoreUnavailable; `missing` for what a store that is there does not hold."""
        try:
            yield
        except FileNotFoundError as exc:
            self.require_mounted()
            raise missing(exc.strerror) from exc
        except OSError as exc:
            raise StoreUnavailable(exc.strerror) from exc

    def object_folder(self, name: str) -> Path:
        return self.root / "objects" / name[:2] / _require_flat(name)

    def uploads_folder(self, name: str) -> Path:
        return self.root / "uploads" / name[:2] / _require_flat(name)

    def begin_upload(self, name: str) -> Path:
        """A new folder for parts."""
        self.require_mounted()
        folder = self.uploads_folder(name) / secrets.token_hex(8)
        with self.errors(StoreUnavailable):
            folder.mkdir(parents=True)
        return folder

    def finish_upload(self, upload: Path, name: str) -> None:
        """Rename a folder of parts into the object. Raises OSError."""
        target = self.object_folder(name)
        target.parent.mkdir(parents=True, exist_ok=True)
        upload.rename(target)
        # What came in meanwhile: its writers do not find it under its new name.
        for draft in target.glob(".*"):
            draft.unlink(missing_ok=True)
        sync_folder(target.parent)

    def abort_upload(self, upload: Path) -> None:
        self.remove_folder(upload)
        with suppress(OSError):  # another upload of the object lies there too, or none ever did
            upload.parent.rmdir()

    def remove_folder(self, folder: Path) -> None:
        """Renamed first, so that a part that is being written can't land in it any more."""
        doomed = doomed_folder(folder)
        with self.errors(StoreUnavailable):
            shutil.rmtree(doomed, onerror=_ignore_missing)  # what an earlier run left
            with suppress(FileNotFoundError):
                folder.rename(doomed)
            # Also what another run has renamed and is removing: both are done when it is gone.
            shutil.rmtree(doomed, onerror=_ignore_missing)

    # From here on: Django's file storage API (docs.djangoproject.com/en/5.2/ref/files/storage/).

    def exists(self, name: str) -> bool:
        self.require_mounted()
        with self.errors():
            return self.object_folder(name).is_dir()

    def size(self, name: str) -> int:
        with self.errors():
            return sum(size for _, size in part_sizes(self.object_folder(name)))

    def get_modified_time(self, name: str) -> datetime:
        with self.errors():
            moment = datetime.fromtimestamp(self.object_folder(name).stat().st_mtime, UTC)
        return moment if settings.USE_TZ else moment.astimezone().replace(tzinfo=None)

    def listdir(self, path: str) -> tuple[list[str], list[str]]:
        """No folders, and all names: they are flat."""
        self.require_mounted()
        if path not in ("", ".", "/"):
            return [], []
        with self.errors():
            folders = (self.root / "objects").glob("*/[!.]*")
            return [], sorted(folder.name for folder in folders)

    def url(self, name: str | None, expire: int = limits.DOWNLOAD_URL_SECONDS) -> str:
        """An address on this server that serves the object for `expire` seconds."""
        return local_urls.signed(local_urls.payload_path(_require_flat(name or "")), expire)

    def delete(self, name: str) -> None:
        self.remove_folder(self.object_folder(name))

    def _open(self, name: str, mode: str = "rb") -> "File[bytes]":
        if mode != "rb":
            raise ValueError("Objects can be opened for reading bytes only; save() writes them.")
        with self.errors():
            return File(io.BufferedReader(_JoinedParts(self.object_folder(name))), name)

    def _save(self, name: str, content: "File[bytes]") -> str:
        upload = self.begin_upload(name)
        try:
            with self.errors(StoreUnavailable):
                with open(upload / "00000", "xb") as file:
                    for chunk in content.chunks():
                        file.write(chunk)
                    file.flush()
                    os.fsync(file.fileno())
                self.finish_upload(upload, name)
        finally:
            self.abort_upload(upload)
        return name


class _JoinedParts(io.RawIOBase):
    """The parts of an object read as one file. Raises StoreUnavailable once they are deleted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        parts = part_sizes(folder)
        self._indices = [index for index, _ in parts]
        self._starts = [0, *accumulate(size for _, size in parts)]
        self._position = 0
        self._opened: tuple[int, io.FileIO] | None = None

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        self._position = offset + (0, self._position, self._starts[-1])[whence]
        return self._position

    def readinto(self, buffer: Any) -> int:
        if self._position >= self._starts[-1]:
            return 0
        nth = bisect_right(self._starts, self._position) - 1
        file = self._part(self._indices[nth])
        file.seek(self._position - self._starts[nth])
        read_bytes = file.readinto(buffer) or 0
        # Else the disk would keep a deleted part, and its reader get it, for as long as they take.
        if not os.fstat(file.fileno()).st_nlink:
            raise StoreUnavailable("the object was deleted while it was read")
        self._position += read_bytes
        return read_bytes

    def close(self) -> None:
        if self._opened:
            self._opened[1].close()
        super().close()

    def _part(self, index: int) -> io.FileIO:
        if self._opened and self._opened[0] != index:
            self._opened[1].close()
            self._opened = None
        if not self._opened:
            self._opened = index, io.FileIO(self._folder / part_name(index))
        return self._opened[1]


def part_name(index: int) -> str:
    return f"{index:05d}"


def part_sizes(folder: Path) -> list[tuple[int, int]]:
    """Index and bytes of every whole part, by index. Raises OSError."""
    with os.scandir(folder) as entries:
        return sorted(
            (int(entry.name), entry.stat().st_size)
            for entry in entries
            if not entry.name.startswith(".")
        )


def sync_folder(folder: Path) -> None:
    """Make new names in it survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def doomed_folder(folder: Path) -> Path:
    """The name under which a folder is removed."""
    return folder.with_name(f".{folder.name}")


def _require_flat(name: str) -> str:
    if not name or name.startswith(".") or "/" in name or "\0" in name:
        raise SuspiciousFileOperation("Names of objects are flat and do not begin with a dot.")
    return name


def _ignore_missing(function: Callable[..., Any], path: str, failure: tuple[Any, ...]) -> None:
    if not isinstance(failure[1], FileNotFoundError):
        raise failure[1]

"""Ciphertext on the filesystem.

uploads/<ab>/<id>/<upload>/00000 …   whole parts of an upload; `.` names are still being written
objects/<ab>/<id>/00000 …            the finished object: that folder, renamed
store_id                             which store this is; rows keep it, and local_identity.py a
                                     copy, so that nothing is settled against an empty folder that
                                     happens to be mounted here
"""

import hashlib
import os
import secrets
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from transfers import limits
from transfers.stores import listing, local_identity, local_urls
from transfers.stores.base import (
    StoredPart,
    StoreUnavailable,
    TransferStore,
    UploadGone,
    WrongLength,
)

CHUNK_BYTES = 256 * 2**10


class LocalStore(TransferStore):
    """Parts as files below `root`, served by our own signed URLs.

    With `expected_id` a folder of another id counts as a store that is away.
    """

    kind = "local"

    def __init__(self, root: Path, expected_id: str = "") -> None:
        self.root = root
        self.expected_id = expected_id

    @property
    def bucket(self) -> str:
        """This store's own id, made with it."""
        return self.expected_id or self._found_id()

    def begin(self, transfer_id: str) -> str:
        self._require_expected()
        upload_id = secrets.token_hex(8)
        with self._unavailable_on_os_error():
            self._upload(transfer_id, upload_id).mkdir(parents=True)
        return upload_id

    def sign_part(self, transfer_id: str, upload_id: str, index: int, size_bytes: int) -> str:
        path = local_urls.part_path(transfer_id, upload_id, index)
        return local_urls.signed(path, limits.PART_URL_SECONDS, size=size_bytes)

    def write_part(
        self,
        transfer_id: str,
        upload_id: str,
        index: int,
        chunks: Iterator[bytes],
        size_bytes: int | None,
        still_wanted: Callable[[], bool],
    ) -> StoredPart:
        folder = self._upload(transfer_id, upload_id)
        draft = folder / f".{index:05d}.{secrets.token_hex(8)}"
        try:
            with self._unavailable_on_os_error(missing=UploadGone):
                _drop(folder.glob(f".{index:05d}.*"))  # tries that this one takes the place of
                written_bytes = _write_whole(draft, chunks, size_bytes)
                if not still_wanted():
                    raise UploadGone(transfer_id)
                draft.rename(folder / f"{index:05d}")
                _flush_folder(folder)
        finally:
            draft.unlink(missing_ok=True)
        return StoredPart(index, written_bytes, _etag(index, written_bytes))

    def list_parts(self, transfer_id: str, upload_id: str) -> list[StoredPart]:
        with self._unavailable_on_os_error(missing=UploadGone):
            return _whole_parts(self._upload(transfer_id, upload_id))

    def complete(self, transfer_id: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        upload, target = self._upload(transfer_id, upload_id), self._object(transfer_id)
        with self._unavailable_on_os_error(missing=UploadGone):
            if _whole_parts(upload) != list(parts):
                raise StoreUnavailable("the parts changed while they were being joined")
            target.parent.mkdir(parents=True, exist_ok=True)
            upload.rename(target)
            # What came in meanwhile: its writers do not find it under its new name.
            _drop(target.glob(".*"))
            _flush_folder(target.parent)
        self.abort_all(transfer_id)

    def abort(self, transfer_id: str, upload_id: str) -> None:
        self._remove_tree(self._upload(transfer_id, upload_id))
        with suppress(OSError):  # another upload of the transfer lies there too, or none ever did
            self._uploads(transfer_id).rmdir()

    def abort_all(self, transfer_id: str) -> None:
        self._remove_tree(self._uploads(transfer_id))

    def stat(self, transfer_id: str) -> int | None:
        try:
            with self._unavailable_on_os_error(missing=UploadGone):
                return sum(part.size_bytes for part in _whole_parts(self._object(transfer_id)))
        except UploadGone:
            return None

    def sign_download(self, transfer_id: str) -> str:
        return local_urls.signed(local_urls.payload_path(transfer_id), limits.DOWNLOAD_URL_SECONDS)

    def read(self, transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        folder = self._object(transfer_id)
        with self._unavailable_on_os_error():
            for part in _whole_parts(folder):
                if start >= part.size_bytes:
                    start -= part.size_bytes
                    continue
                with open(folder / f"{part.index:05d}", "rb") as file:
                    file.seek(start)
                    start = 0
                    while length_bytes and (chunk := file.read(min(CHUNK_BYTES, length_bytes))):
                        _require_linked(file)
                        length_bytes -= len(chunk)
                        yield chunk
                if not length_bytes:
                    return

    def delete(self, transfer_id: str) -> None:
        self._remove_tree(self._object(transfer_id))

    def contents(self) -> listing.Pages:
        self._require_expected()
        with self._unavailable_on_os_error():
            yield from listing.in_folders(self.root)

    def require_answer(self) -> None:
        self._require_expected()
        if not os.access(self.root, os.W_OK):
            raise StoreUnavailable("the folder is not writable")

    def traces(self, transfer_id: str) -> dict[str, bool]:
        self._require_expected()
        object_folder, uploads_folder = self._object(transfer_id), self._uploads(transfer_id)
        return {
            "object": os.path.lexists(object_folder),
            "unfinished uploads": os.path.lexists(uploads_folder),
            "folders being removed": any(
                os.path.lexists(_doomed(folder)) for folder in (object_folder, uploads_folder)
            ),
        }

    def provision(self, origins: Sequence[str]) -> list[str]:
        if self.expected_id:
            self._require_expected()
        with self._unavailable_on_os_error():
            for folder in (self.root / "uploads", self.root / "objects"):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            local_identity.give_id(self.root)
        return []

    def browser_origin(self) -> str | None:
        return None

    def _found_id(self) -> str:
        try:
            return local_identity.found_id(self.root)
        except OSError as exc:
            raise StoreUnavailable(f"{self.root} holds no store") from exc

    def _require_expected(self) -> None:
        """Raises StoreUnavailable for a folder that is not there, or is another store."""
        found = self._found_id()
        if found != (self.expected_id or found):
            raise StoreUnavailable(f"{self.root} holds another store than the one written to")

    @contextmanager
    def _unavailable_on_os_error(
        self, missing: type[Exception] = StoreUnavailable
    ) -> Iterator[None]:
        """`missing` is raised for a file that is not in the store; a store that is not there is
        unavailable."""
        try:
            yield
        except FileNotFoundError as exc:
            self._require_expected()
            raise missing(exc.strerror) from exc
        except OSError as exc:
            raise StoreUnavailable(exc.strerror) from exc

    def _remove_tree(self, folder: Path) -> None:
        """Renamed first, so that a part that is being written can't land in it any more."""
        doomed = _doomed(folder)
        with self._unavailable_on_os_error():
            shutil.rmtree(doomed, onerror=_ignore_missing)  # what an earlier run left
            with suppress(FileNotFoundError):
                folder.rename(doomed)
            # Also what another run has renamed and is removing: both are done when it is gone.
            shutil.rmtree(doomed, onerror=_ignore_missing)

    def _uploads(self, transfer_id: str) -> Path:
        return self.root / "uploads" / transfer_id[:2] / transfer_id

    def _upload(self, transfer_id: str, upload_id: str) -> Path:
        return self._uploads(transfer_id) / upload_id

    def _object(self, transfer_id: str) -> Path:
        return self.root / "objects" / transfer_id[:2] / transfer_id


def _write_whole(path: Path, chunks: Iterator[bytes], size_bytes: int | None) -> int:
    written_bytes = 0
    with open(path, "xb") as file:
        for chunk in chunks:
            _require_wanted(file, path.parent)
            written_bytes += len(chunk)
            if size_bytes is not None and written_bytes > size_bytes:
                raise WrongLength
            file.write(chunk)
        if size_bytes not in (None, written_bytes):
            raise WrongLength
        file.flush()
        os.fsync(file.fileno())
    return written_bytes


def _whole_parts(folder: Path) -> list[StoredPart]:
    with os.scandir(folder) as entries:
        found = sorted(
            (int(entry.name), entry.stat().st_size)
            for entry in entries
            if not entry.name.startswith(".")
        )
    return [StoredPart(index, size, _etag(index, size)) for index, size in found]


def _drop(drafts: Iterable[Path]) -> None:
    for draft in drafts:
        draft.unlink(missing_ok=True)


def _require_wanted(file: BinaryIO, folder: Path) -> None:
    """Raises UploadGone for a draft whose upload ended, StoreUnavailable for one that another try
    has taken the place of: as many tries at once as there are connections would fill the disk."""
    if not os.fstat(file.fileno()).st_nlink:
        if folder.exists():
            raise StoreUnavailable("another try of this part came after it")
        raise UploadGone("the upload ended")


def _require_linked(file: BinaryIO) -> None:
    """Raises StoreUnavailable for a part that was deleted since it was opened: the disk would keep
    it, and its reader get it, for as long as they take."""
    if not os.fstat(file.fileno()).st_nlink:
        raise StoreUnavailable("the object was deleted while it was read")


def _etag(index: int, size_bytes: int) -> str:
    return hashlib.sha256(f"{index}:{size_bytes}".encode()).hexdigest()[:32]


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _doomed(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}")


def _ignore_missing(function: Callable, path: str, failure: tuple) -> None:
    if not isinstance(failure[1], FileNotFoundError):
        raise failure[1]

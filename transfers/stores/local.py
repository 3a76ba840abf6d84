"""Multipart uploads into the local storage, through this server's own signed URLs."""

import hashlib
import os
import secrets
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from transfers import limits
from transfers.stores import listing, local_urls
from transfers.stores.base import (
    StoredPart,
    StoreUnavailable,
    TransferStore,
    UploadGone,
    WrongLength,
)
from transfers.stores.local_storage import (
    LocalStorage,
    doomed_folder,
    part_name,
    part_sizes,
    sync_folder,
)
from transfers.stores.timing import timed

CHUNK_BYTES = 256 * 2**10


class LocalStore(TransferStore):
    """Parts are files, and an upload is completed by renaming their folder."""

    kind = "local"
    storage: LocalStorage

    def __init__(self, storage: LocalStorage) -> None:
        self.storage = storage

    @property
    def bucket(self) -> str:
        """This store's own id, made with it."""
        return self.storage.store_id

    @timed("begin")
    def begin(self, transfer_id: str) -> str:
        return self.storage.begin_upload(transfer_id).name

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
        draft = folder / f".{part_name(index)}.{secrets.token_hex(8)}"
        with timed("write_part") as stopwatch:
            try:
                with self.storage.errors(missing=UploadGone):
                    for replaced in folder.glob(f".{part_name(index)}.*"):
                        replaced.unlink(missing_ok=True)
                    written_bytes = _write(draft, stopwatch.paused_for(chunks), size_bytes)
                    if not still_wanted():
                        raise UploadGone(transfer_id)
                    draft.rename(folder / part_name(index))
                    sync_folder(folder)
            finally:
                draft.unlink(missing_ok=True)
        return _stored(index, written_bytes)

    @timed("list_parts")
    def list_parts(self, transfer_id: str, upload_id: str) -> list[StoredPart]:
        with self.storage.errors(missing=UploadGone):
            return [_stored(*part) for part in part_sizes(self._upload(transfer_id, upload_id))]

    @timed("complete")
    def complete(self, transfer_id: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        upload = self._upload(transfer_id, upload_id)
        with self.storage.errors(missing=UploadGone):
            if [_stored(*part) for part in part_sizes(upload)] != list(parts):
                raise StoreUnavailable("the parts changed while they were being joined")
            self.storage.finish_upload(upload, transfer_id)
        self.abort_all(transfer_id)

    @timed("abort")
    def abort(self, transfer_id: str, upload_id: str) -> None:
        self.storage.abort_upload(self._upload(transfer_id, upload_id))

    @timed("abort_all")
    def abort_all(self, transfer_id: str) -> None:
        self.storage.remove_folder(self.storage.uploads_folder(transfer_id))

    @timed("stat")
    def stat(self, transfer_id: str) -> int | None:
        try:
            return self.storage.size(transfer_id)
        except FileNotFoundError:
            return None

    def sign_download(self, transfer_id: str) -> str:
        return self.storage.url(transfer_id, expire=limits.DOWNLOAD_URL_SECONDS)

    def read(self, transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        with (
            timed("read") as stopwatch,
            self.storage.errors(missing=StoreUnavailable),
            self.storage.open(transfer_id) as file,
        ):
            file.seek(start)
            while length_bytes and (chunk := file.read(min(CHUNK_BYTES, length_bytes))):
                length_bytes -= len(chunk)
                with stopwatch.paused():
                    yield chunk

    @timed("delete")
    def delete(self, transfer_id: str) -> None:
        self.storage.delete(transfer_id)

    @timed("traces")
    def traces(self, transfer_id: str) -> dict[str, bool]:
        self.storage.require_mounted()
        folders = self.storage.object_folder(transfer_id), self.storage.uploads_folder(transfer_id)
        return {
            "object": os.path.lexists(folders[0]),
            "unfinished uploads": os.path.lexists(folders[1]),
            "folders being removed": any(
                os.path.lexists(doomed_folder(folder)) for folder in folders
            ),
        }

    def contents(self) -> listing.Pages:
        self.storage.require_mounted()
        with self.storage.errors(missing=StoreUnavailable):
            yield from listing.in_folders(self.storage.root)

    def require_answer(self) -> None:
        self.storage.require_mounted()
        if not os.access(self.storage.root, os.W_OK):
            raise StoreUnavailable("the folder is not writable")

    def provision(self, origins: Sequence[str]) -> list[str]:
        self.storage.require_mounted()
        with self.storage.errors(missing=StoreUnavailable):
            self.storage.make_folders()
        return []

    def browser_origin(self) -> str | None:
        return None

    def _upload(self, transfer_id: str, upload_id: str) -> Path:
        return self.storage.uploads_folder(transfer_id) / upload_id


def _stored(index: int, size_bytes: int) -> StoredPart:
    etag = hashlib.sha256(f"{index}:{size_bytes}".encode()).hexdigest()[:32]
    return StoredPart(index, size_bytes, etag)


def _write(path: Path, chunks: Iterator[bytes], size_bytes: int | None) -> int:
    """Write a part and make it survive a power cut; its length in bytes."""
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


def _require_wanted(file: BinaryIO, folder: Path) -> None:
    """Raises UploadGone for a draft whose upload ended, StoreUnavailable for one that another try
    has taken the place of: as many tries at once as there are connections would fill the disk."""
    if not os.fstat(file.fileno()).st_nlink:
        if folder.exists():
            raise StoreUnavailable("another try of this part came after it")
        raise UploadGone("the upload ended")

"""What every ciphertext store does. Stores know ids, parts and bytes, and nothing of rows."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from django.core.files.storage import Storage

from transfers.stores.listing import Pages


class StoreUnavailable(Exception):
    """The store did not answer, or refused us; the same call may work later."""


class UploadGone(Exception):
    """There is no such unfinished upload: it was completed, aborted, or never begun."""


class WrongLength(Exception):
    """A part's body was not as long as announced."""


@dataclass(frozen=True)
class StoredPart:
    """A part that the store holds whole; `index` counts from 0."""

    index: int
    size_bytes: int
    etag: str


class TransferStore(ABC):
    """Multipart uploads into a Django storage, whose finished objects are named by transfer id.

    An object is made in four steps: `begin`, parts, `list_parts`, `complete`. Until the last,
    neither `stat` nor `storage` finds anything. Every method may raise StoreUnavailable.
    """

    kind: str
    storage: Storage

    @property
    @abstractmethod
    def bucket(self) -> str:
        """Which store of its kind this is; rows keep both."""

    @abstractmethod
    def begin(self, transfer_id: str) -> str:
        """Start an upload; its id, which the calls about parts need."""

    @abstractmethod
    def sign_part(self, transfer_id: str, upload_id: str, index: int, size_bytes: int) -> str:
        """A URL to which exactly `size_bytes` may be PUT, for PART_URL_SECONDS."""

    @abstractmethod
    def write_part(
        self,
        transfer_id: str,
        upload_id: str,
        index: int,
        chunks: Iterator[bytes],
        size_bytes: int | None,
        still_wanted: Callable[[], bool],
    ) -> StoredPart:
        """Store one part from this process, whole or not at all.

        Raises WrongLength unless `chunks` add up to `size_bytes` (where given), UploadGone where
        the upload ended or `still_wanted` says no once the body has been read.
        """

    @abstractmethod
    def list_parts(self, transfer_id: str, upload_id: str) -> list[StoredPart]:
        """All whole parts by index. Raises UploadGone."""

    @abstractmethod
    def complete(self, transfer_id: str, upload_id: str, parts: Sequence[StoredPart]) -> None:
        """Make the object of exactly these parts.

        Raises UploadGone where the upload ended; S3 may answer a repeated call as the first one.
        """

    @abstractmethod
    def abort(self, transfer_id: str, upload_id: str) -> None:
        """End an unfinished upload and drop its parts; no error where there is none."""

    @abstractmethod
    def abort_all(self, transfer_id: str) -> None:
        """End every unfinished upload of a transfer, also those that no row knows of."""

    @abstractmethod
    def stat(self, transfer_id: str) -> int | None:
        """The object's length in bytes, or None where there is no object."""

    @abstractmethod
    def sign_download(self, transfer_id: str) -> str:
        """A URL from which ranges may be read, for DOWNLOAD_URL_SECONDS."""

    @abstractmethod
    def read(self, transfer_id: str, start: int, length_bytes: int) -> Iterator[bytes]:
        """The object's bytes in chunks, through this process."""

    @abstractmethod
    def delete(self, transfer_id: str) -> None:
        """Delete the object in all its versions; no error where there is none."""

    @abstractmethod
    def traces(self, transfer_id: str) -> dict[str, bool]:
        """Everything that may be left of a transfer, by name, and whether it is there now."""

    def is_absent(self, transfer_id: str) -> bool:
        """Whether nothing is left."""
        return not any(self.traces(transfer_id).values())

    @abstractmethod
    def contents(self) -> Pages:
        """Everything that is here, objects first, whether or not a row knows of it."""

    @abstractmethod
    def require_answer(self) -> None:
        """Raises StoreUnavailable unless the store answers now, within seconds."""

    def close_connections(self) -> None:
        """Close idle connections, as before a fork. The store can be used on."""
        return

    @abstractmethod
    def provision(self, origins: Sequence[str]) -> list[str]:
        """Make the folder or bucket, and let browsers use it from pages of these origins.

        Returns a clause for each thing that is not as it should be and was left so.
        """

    @abstractmethod
    def browser_origin(self) -> str | None:
        """The origin that pages must be allowed to connect to, None for our own."""

"""What a site keeps on disk: reading all of it, and changing it behind the site's back."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing, suppress
from pathlib import Path

from harness.live_site import LiveSite


def database(site: LiveSite) -> sqlite3.Connection:
    return sqlite3.connect(site.data_folder / "db.sqlite3", timeout=20)


def change_row(site: LiveSite, transfer_id: str, column: str, value: object) -> None:
    with closing(database(site)) as connection, connection:
        changed = connection.execute(
            f"UPDATE transfers_transfer SET {column} = ? WHERE id = ?",  # noqa: S608
            (value, transfer_id),
        )
        assert changed.rowcount == 1


def expire(site: LiveSite, transfer_id: str) -> None:
    """As if its time had run out."""
    change_row(site, transfer_id, "expires_at", "2020-01-01 00:00:00")


def all_rows(site: LiveSite) -> list[bytes]:
    """Every row as SQL, and the database's files as they are."""
    with closing(database(site)) as connection:
        dumped = [line.encode() for line in connection.iterdump()]
    return dumped + _contents(site.data_folder.glob("db.sqlite3*"))


def all_files(folder: Path) -> list[bytes]:
    return _contents(sorted(folder.rglob("*")))


def _contents(paths: Iterable[Path]) -> list[bytes]:
    """Of files that whoever runs on them may remove at any moment, as a log that was taken over."""
    found = []
    for path in paths:
        with suppress(FileNotFoundError, IsADirectoryError):
            found.append(path.read_bytes())
    return found


def flip_a_byte(site: LiveSite, transfer_id: str, part: int = 0) -> None:
    """Damages one part of a local transfer in its middle."""
    path = next((site.data_folder / "store" / "objects").glob(f"*/{transfer_id}/{part:05d}"))
    sealed = bytearray(path.read_bytes())
    sealed[len(sealed) // 2] ^= 1
    path.write_bytes(sealed)

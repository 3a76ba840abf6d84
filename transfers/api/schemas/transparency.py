"""What the server stores, described table by table."""

from datetime import datetime

from transfers.api.schemas.base import Answer


class StoredColumn(Answer):
    """One column of a table."""

    name: str
    """Its name in the database."""
    label: str
    """Its name for people."""
    sentence: str
    """What it holds."""
    has_value: bool
    """Whether `value` is shown."""
    value: str | int | None
    """Numbers, times and states as they are; hashes and handles in words."""


class StoredPlace(Answer):
    """One table."""

    name: str
    """Its name in the database."""
    title: str
    """Its name for people."""
    sentence: str
    """How many rows it has, and for how long."""
    of_transfers: bool
    """False for tables that serve the site as a whole."""
    rows: int | None
    """How many rows belong to this transfer; null when that is not shown."""
    columns: list[StoredColumn]
    """All of its columns."""


class StoredBeside(Answer):
    """Something that is kept outside the database."""

    title: str
    """What it is."""
    sentences: list[str]
    """What it holds."""


class Stored(Answer):
    """All tables, and what is kept outside them."""

    timestamp: datetime
    """When this was read, UTC."""
    places: list[StoredPlace]
    """The tables, those of a transfer first."""
    beside: list[StoredBeside]
    """What is kept outside the database."""
    not_stored: list[str]
    """What the server does not have."""


class StoredOfTransfer(Stored):
    """The same with what is public of one transfer."""

    visitor: str | None
    """Under which eight characters the sender sees the caller's address today; null without one."""

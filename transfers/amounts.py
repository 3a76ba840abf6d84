"""Sizes, spans and rates as operators write them: `10GiB`, `7d`, `30/h`."""

import re

from transfers.limits import INTEGER_MAX, RATE

BYTE_UNITS = {"": 1, "b": 1, "kib": 2**10, "mib": 2**20, "gib": 2**30, "tib": 2**40}
BYTE_UNITS |= {"kb": 10**3, "mb": 10**6, "gb": 10**9, "tb": 10**12}
SECOND_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}


def parse_bytes(text: str) -> int:
    """Bytes, from a whole number with or without a unit (`1024`, `10 GiB`); raises ValueError."""
    return _parse(text, BYTE_UNITS, "a size as in 500MiB or 10GiB, or a number of bytes")


def parse_seconds(text: str) -> int:
    """Seconds, from a whole number with or without a unit (`90`, `7d`); raises ValueError."""
    return _parse(text, SECOND_UNITS, "a span as in 12h or 7d, or a number of seconds")


def parse_rate(text: str) -> str:
    """The rate itself; raises ValueError unless it has django-ratelimit's form."""
    if not RATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a rate as in 30/h or 5/10m.")
    return text


def bytes_text(size_bytes: int) -> str:
    """For people: `512 B`, `1.5 GiB`."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        step = BYTE_UNITS[unit.lower()]
        if size_bytes >= step:
            return f"{size_bytes / step:.1f}".removesuffix(".0") + f" {unit}"
    return f"{size_bytes} B"


def counted(count: int, noun: str) -> str:
    """`1 transfer`, `3 transfers`, for nouns that take an s."""
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def exact_bytes_text(size_bytes: int) -> str:
    """What `parse_bytes` reads back as the same number, with the largest unit that divides it."""
    for unit in ("TiB", "GiB", "MiB", "KiB"):
        count, rest = divmod(size_bytes, BYTE_UNITS[unit.lower()])
        if count and not rest:
            return f"{count} {unit}"
    return str(size_bytes)


def limit_text(size_bytes: int) -> str:
    """A limit as the operator set it: `100 GiB`, `5 GB`, else the number of bytes.

    `byteLimit` in static/js/ui/byte_size.js says the same of all but numbers that are not round.
    """
    for unit in ("TiB", "GiB", "MiB", "TB", "GB", "MB"):
        count, rest = divmod(size_bytes, BYTE_UNITS[unit.lower()])
        if count and not rest:
            return f"{count} {unit}"
    return counted(size_bytes, "byte")


def exact_seconds_text(seconds: int) -> str:
    """What `parse_seconds` reads back as the same number: `7d`, `90s`."""
    for unit in ("d", "h", "m"):
        count, rest = divmod(seconds, SECOND_UNITS[unit])
        if count and not rest:
            return f"{count}{unit}"
    return f"{seconds}s"


def _parse(text: str, units: dict[str, int], wanted: str) -> int:
    match = re.fullmatch(r"([0-9]{1,16}) ?([a-z]*)", text.strip().lower())
    if match and match[2] in units:
        amount = int(match[1]) * units[match[2]]
        if 1 <= amount <= INTEGER_MAX:
            return amount
    raise ValueError(f"{text!r} is not {wanted}.")

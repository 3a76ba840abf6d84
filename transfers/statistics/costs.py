"""What the month will cost, estimated from hourly figures and prices of the settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings

from transfers import limits
from transfers.statistics import hourly

GIB = 2**30
MONTH_HOURS = 30 * 24
# Calls beside one for each full part, as counted in docs/scale.md. Those that write: begin, the
# last part, a list of parts, join, and by its deletion two lists of uploads and two of versions.
# Those that read: its length when it is joined, and when it is deleted.
_WRITES_PER_TRANSFER = 8
_READS_PER_TRANSFER = 2


@dataclass(frozen=True)
class Estimate:
    """Dollars for a month, by what they pay for."""

    storage: float
    traffic: float
    calls: float

    @property
    def total(self) -> float:
        return self.storage + self.traffic + self.calls


def estimate(bytes_stored: float) -> Estimate:
    """For a month with as much stored as now, and as much moved as in the last 30 days.

    A lease counts as one whole download, although it may be given up, or repeated under one lease.
    """
    month = hourly.totals(hourly.hours_ago(MONTH_HOURS))

    def amount(name: str) -> int:
        return month.get(name, 0)

    begun = amount("transfers_created")
    puts = begun * _WRITES_PER_TRANSFER + _full_parts(amount("bytes_created"))
    downloads = amount("downloads_started") + amount("raw_downloads")
    gets = begun * _READS_PER_TRANSFER + downloads + _full_parts(amount("bytes_leased"))
    return Estimate(
        storage=bytes_stored / GIB * settings.PRICE_STORAGE_GB_MONTH,
        traffic=bytes_out(month) / GIB * settings.PRICE_OUT_GB,
        calls=puts / 1000 * settings.PRICE_1000_PUT + gets / 1000 * settings.PRICE_1000_GET,
    )


def bytes_out(amounts: Mapping[str, int]) -> int:
    """What left for the internet, of hourly figures by name.

    What was sent through us, and for a bucket, which tells nobody what it gives out, the whole
    payload of each download that began.
    """
    from_bucket = amounts.get("bytes_leased", 0) if settings.STORE == "s3" else 0
    return amounts.get("bytes_served", 0) + from_bucket


def thresholds() -> list[tuple[float, str]]:
    """Dollars a month that somebody hears of, from the least, each with how grave it is to reach
    them: the highest is critical, the lowest of several a matter of information."""
    dollars = settings.COST_THRESHOLDS
    graveness = ["info", *["warning"] * (len(dollars) - 2), "critical"]
    return list(zip(dollars, graveness[-len(dollars) :], strict=True)) if dollars else []


def is_priced() -> bool:
    """Whether anything has a price."""
    return any((settings.PRICE_STORAGE_GB_MONTH, settings.PRICE_OUT_GB, settings.PRICE_1000_PUT))


def _full_parts(size_bytes: int) -> int:
    """The most parts, beside the last of each transfer, that so many bytes can have come in."""
    return size_bytes // limits.PART_MIN_BYTES

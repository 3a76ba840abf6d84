"""Rows, and the rules that one row can answer by itself."""

from transfers.models.abuse import AbuseReport, BlockedPayload
from transfers.models.access_token import AccessToken
from transfers.models.event import AddressSalt, LogKey, TransferEvent
from transfers.models.statistics import Gauge, HourlyFigure, PageVisits, TokenUse
from transfers.models.transfer import (
    TRANSFER_ID,
    Lease,
    LeaseQuerySet,
    Reason,
    SealedManifest,
    State,
    Transfer,
    TransferQuerySet,
)
from transfers.models.waitlist import WaitlistEntry

__all__ = [
    "TRANSFER_ID",
    "AbuseReport",
    "AccessToken",
    "AddressSalt",
    "BlockedPayload",
    "Gauge",
    "HourlyFigure",
    "Lease",
    "LeaseQuerySet",
    "LogKey",
    "PageVisits",
    "Reason",
    "SealedManifest",
    "State",
    "TokenUse",
    "Transfer",
    "TransferEvent",
    "TransferQuerySet",
    "WaitlistEntry",
]

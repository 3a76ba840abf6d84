"""A transfer: its row, and the rules that one row can answer by itself."""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.db import connection, models
from django.db.models import F, Q
from django.utils import timezone

from transfers import limits
from transfers.database_pool import fetch_row
from transfers.models.access_token import AccessToken
from transfers.tokens import new_transfer_id

TRANSFER_ID = re.compile(rf"[{limits.TRANSFER_ID_ALPHABET}]{{{limits.TRANSFER_ID_LENGTH}}}")


class State(models.TextChoices):
    PENDING = "pending"
    COMPLETING = "completing"
    COMPLETED = "completed"
    DELETING = "deleting"
    DELETED = "deleted"


class Reason(models.TextChoices):
    """Why a transfer is being deleted."""

    NONE = ""
    EXPIRED = "expired"
    EXHAUSTED = "exhausted"
    OWNER = "owner"
    OPERATOR = "operator"
    TAKEN_DOWN = "taken_down"
    ABANDONED = "abandoned"


@cache
def _select_by_id(vendor: str) -> tuple[str, list[str], dict[int, Any]]:
    """SQL, the attributes that its columns fill, and what converts values of this database."""
    query = Transfer.objects.filter(pk="").order_by().query
    fields = Transfer._meta.concrete_fields
    columns = [field.get_col(Transfer._meta.db_table) for field in fields]
    converters = query.get_compiler(connection=connection).get_converters(columns)
    return query.sql_with_params()[0], [field.attname for field in fields], converters


class TransferQuerySet(models.QuerySet["Transfer"]):
    """Sets of transfers named by what may happen to them; `now` is an aware datetime."""

    def find(self, transfer_id: str) -> "Transfer | None":
        """The row of this id, or None.

        Every call of the API begins here; Django would compile the same SQL again each time, which
        costs more than asking the database (docs/decisions/0007).
        """
        if not TRANSFER_ID.fullmatch(transfer_id):
            return None
        sql, attributes, converters = _select_by_id(connection.vendor)
        row = fetch_row(sql, [transfer_id])
        if row is None:
            return None
        values = list(row)
        for at, (functions, column) in converters.items():
            for convert in functions:
                values[at] = convert(values[at], column, connection)
        return Transfer.from_db(self.db, attributes, values)

    def takeable(self, now: datetime) -> "TransferQuerySet":
        """Those of which one more download may start."""
        return self.filter(state=State.COMPLETED, expires_at__gt=now).filter(
            Q(max_downloads=None) | Q(download_count__lt=F("max_downloads"))
        )

    def without_live_lease(self, now: datetime) -> "TransferQuerySet":
        return self.filter(Q(leased_until=None) | Q(leased_until__lte=now))

    def expired(self, now: datetime) -> "TransferQuerySet":
        """Those past their expiry that nobody is downloading."""
        return self.filter(state=State.COMPLETED, expires_at__lte=now).without_live_lease(now)

    def exhausted(self, now: datetime) -> "TransferQuerySet":
        """Those downloaded as often as allowed that nobody is downloading."""
        return self.filter(
            state=State.COMPLETED, download_count__gte=F("max_downloads")
        ).without_live_lease(now)

    def abandoned(self, now: datetime, after: timedelta) -> "TransferQuerySet":
        """Uploads that nobody has gone on with for so long, or that nobody may: addresses for their
        parts outlive the token, and no expiry holds for what never becomes a transfer."""
        longest = max(after, timedelta(seconds=limits.UPLOAD_MAX_SECONDS))
        untouched = Q(state__in=[State.PENDING, State.COMPLETING], touched_at__lte=now - after)
        endless = Q(state=State.PENDING, created_at__lte=now - longest)
        revoked = AccessToken.objects.filter(revoked_at__isnull=False)
        return self.filter(untouched | endless | Q(state=State.PENDING, access_token__in=revoked))


class Transfer(models.Model):
    """One transfer: what the server knows of it, and all that it knows."""

    class Kind(models.TextChoices):
        SEALED = "sealed"
        RAW = "raw"

    id = models.CharField(
        primary_key=True, max_length=limits.TRANSFER_ID_LENGTH, default=new_transfer_id
    )
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    reason = models.CharField(max_length=10, choices=Reason, default=Reason.NONE, blank=True)

    file_size_bytes = models.BigIntegerField()
    payload_bytes = models.BigIntegerField(null=True)
    part_bytes = models.BigIntegerField(null=True)
    content_type_hint = models.CharField(max_length=255, default="", blank=True)
    envelope = models.CharField(max_length=limits.ENVELOPE_MAX_BYTES, default="", blank=True)
    link_proof_hash = models.BinaryField(default=bytes)
    proof_hash = models.BinaryField(default=bytes)
    owner_token_hash = models.BinaryField(default=bytes)

    store = models.CharField(max_length=8)
    bucket = models.CharField(max_length=255, default="", blank=True)
    multipart_id = models.CharField(max_length=1024, default="", blank=True)

    expires_in_seconds = models.BigIntegerField()
    max_downloads = models.IntegerField(null=True)
    download_count = models.IntegerField(default=0)
    # When the last unfinished lease ends; None without one. Changed with the leases, under the lock
    # of this row, so that one UPDATE can tell whether somebody is downloading (decision 0103).
    leased_until = models.DateTimeField(null=True)
    access_token = models.ForeignKey(
        AccessToken, models.SET_NULL, null=True, related_name="transfers"
    )
    proof_failures = models.IntegerField(default=0)
    proofs_refused_until = models.DateTimeField(null=True)
    notice = models.CharField(max_length=300, default="", blank=True)

    created_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    deleted_at = models.DateTimeField(null=True)
    found_absent = models.CharField(max_length=200, default="", blank=True)

    objects = TransferQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        indexes = [
            models.Index(
                fields=["expires_at"],
                condition=Q(state=State.COMPLETED),
                name="transfer_by_expiry",
            ),
            models.Index(
                fields=["state", "touched_at"],
                condition=~Q(state__in=[State.COMPLETED, State.DELETED]),
                name="transfer_unfinished",
            ),
            models.Index(
                fields=["closed_at"], condition=Q(state=State.DELETED), name="transfer_tombstone"
            ),
            # By expiry as the one above, though nobody asks in that order: what the planner can't
            # know of the condition then counts for both, and the smaller index wins.
            models.Index(
                fields=["expires_at"],
                condition=Q(state=State.COMPLETED, download_count__gte=F("max_downloads")),
                name="transfer_used_up",
            ),
            models.Index(fields=["created_at"], name="transfer_by_creation"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(max_downloads=None) | Q(download_count__lte=F("max_downloads")),
                name="downloads_within_limit",
            )
        ]

    def __str__(self) -> str:
        return self.id

    @property
    def is_sealed(self) -> bool:
        return self.kind == self.Kind.SEALED

    @property
    def stored_bytes(self) -> int:
        """Length of the payload; 0 for a raw transfer whose upload is not complete."""
        return self.payload_bytes or 0

    @property
    def part_count(self) -> int:
        """Parts of a sealed transfer."""
        return limits.part_count(self.stored_bytes, self.part_bytes or 1)

    def part_size_bytes(self, index: int) -> int:
        """Exact ciphertext bytes of part `index` (from 0)."""
        return limits.part_size_bytes(self.stored_bytes, self.part_bytes or 1, index)

    @property
    def downloads_remaining(self) -> int | None:
        """Downloads that may still start; None without a limit."""
        if self.max_downloads is None:
            return None
        return max(0, self.max_downloads - self.download_count)

    @property
    def is_used_up(self) -> bool:
        return self.downloads_remaining == 0

    def is_past_expiry(self, now: datetime) -> bool:
        return self.state == State.COMPLETED and self.expires_at <= now

    def closing_reason(self, now: datetime) -> str:
        """Why no new download may start: `expired`, `exhausted`, or "" while one may."""
        if self.state in (State.DELETING, State.DELETED):
            return self.reason
        if self.is_past_expiry(now):
            return Reason.EXPIRED
        if self.state == State.COMPLETED and self.is_used_up:
            return Reason.EXHAUSTED
        return Reason.NONE

    def is_forgotten(self, now: datetime) -> bool:
        """Whether it answers like an unknown one (design: 410 for 30 days, then 404)."""
        return self.closed_at is not None and (
            self.reason not in (Reason.EXPIRED, Reason.EXHAUSTED, Reason.TAKEN_DOWN)
            or self.closed_at + timedelta(seconds=limits.GONE_SECONDS) <= now
        )


class SealedManifest(models.Model):
    """The encrypted list of files, given out against the proofs only."""

    transfer = models.OneToOneField(Transfer, models.CASCADE, related_name="sealed_manifest")
    sealed = models.BinaryField()


class LeaseQuerySet(models.QuerySet["Lease"]):
    def live(self, now: datetime) -> "LeaseQuerySet":
        return self.filter(finished_at=None, expires_at__gt=now)


class Lease(models.Model):
    """One download that was counted: its holder may fetch every range until it ends."""

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="leases")
    token_hash = models.BinaryField()
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    objects = LeaseQuerySet.as_manager()

    class Meta:
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(fields=["transfer", "token_hash"], name="one_lease_per_token")
        ]
        indexes = [
            models.Index(
                fields=["transfer"], condition=Q(finished_at=None), name="lease_unfinished"
            )
        ]

    def is_live(self, now: datetime) -> bool:
        return self.finished_at is None and self.expires_at > now

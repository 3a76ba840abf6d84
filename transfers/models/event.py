"""What happened to a transfer, for its sender and for operators."""

from django.db import models
from django.utils import timezone

from transfers.models.transfer import Transfer


class TransferEvent(models.Model):
    """One step in the life of a sealed transfer; `address_hash` is hex, "" where none is kept."""

    class Kind(models.TextChoices):
        COMPLETED = "completed"
        DOWNLOAD_STARTED = "download_started"
        DOWNLOAD_FINISHED = "download_finished"
        EXPIRY_CHANGED = "expiry_changed"
        LIMIT_CHANGED = "limit_changed"
        REVOKED = "revoked"
        DELETION_ASKED = "deletion_asked"

    transfer = models.ForeignKey(Transfer, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=20, choices=Kind)
    at = models.DateTimeField(default=timezone.now)
    address_hash = models.CharField(max_length=32, default="", blank=True)

    class Meta:
        ordering = ["at", "id"]


class LogKey(models.Model):
    """The key of today's address hashes in the log: one row, replaced by its own hash each day."""

    day = models.DateField()
    key = models.BinaryField()


class AddressSalt(models.Model):
    """The key of one day's address hashes, destroyed after 48 hours."""

    day = models.DateField(primary_key=True)
    salt = models.BinaryField()

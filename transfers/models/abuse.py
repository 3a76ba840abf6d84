"""Reports of misuse, and payloads that may not come back."""

from django.conf import settings
from django.db import models
from django.utils import timezone


class AbuseReport(models.Model):
    """What someone says of a transfer. It outlives the transfer: no foreign key.

    `disclosed_key` is there when the reporter chose to disclose it; it and `contact` go when the
    report is closed.
    """

    class Reason(models.TextChoices):
        MALWARE = "malware"
        PHISHING = "phishing"
        ILLEGAL = "illegal"
        COPYRIGHT = "copyright"
        PERSONAL = "personal"
        OTHER = "other"

    class State(models.TextChoices):
        OPEN = "open"
        TAKEN_DOWN = "taken_down"
        DISMISSED = "dismissed"

    transfer_id = models.CharField(max_length=22, db_index=True)
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField(max_length=2000, default="", blank=True)
    contact = models.CharField(max_length=254, default="", blank=True)
    disclosed_key = models.CharField(max_length=64, default="", blank=True)
    address_hash = models.CharField(max_length=32, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["state", "created_at"], name="report_queue")]

    def __str__(self) -> str:
        return f"{self.reason} of {self.created_at:%Y-%m-%d}"


class BlockedPayload(models.Model):
    """Ciphertext that no transfer may hold again, by the SHA-256 of all its bytes.

    Its length decides first, so that uploads of other lengths are never read, and its first 64 KiB
    next. Both hashes are None until the bytes have been read, which happens before they are
    deleted; blocks of before there was one of the beginning have the other alone.
    """

    payload_sha256 = models.BinaryField(unique=True, null=True)
    beginning_sha256 = models.BinaryField(null=True)
    payload_bytes = models.BigIntegerField(db_index=True)
    transfer_id = models.CharField(max_length=22, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    blocked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return bytes(self.payload_sha256 or b"").hex() or "not read yet"

"""Access tokens: who may upload, and how much."""

from typing import Any, cast

from django.conf import settings
from django.db import models
from django.utils import timezone


def revoke_with_issuer(
    collector: models.deletion.Collector,
    field: "models.Field[Any, Any]",
    tokens: models.QuerySet["AccessToken"],
    using: str,
) -> None:
    """`on_delete`: an operator who is gone vouches for nothing. Without this, SET_NULL would make
    a demoted operator's tokens valid again, as tokens that nobody issued."""
    revoked_at = cast("models.Field[Any, Any]", field.model._meta.get_field("revoked_at"))
    rows = list(tokens)
    collector.add_field_update(revoked_at, timezone.now(), rows)
    collector.add_field_update(field, None, rows)


class AccessToken(models.Model):
    """A named right to upload. The token itself is kept as its SHA-256; `prefix` stays readable.

    Limits that are None do not apply. Sizes are plaintext bytes as a transfer declares them.
    Without `issued_by` it was issued on the command line.
    """

    name = models.CharField(max_length=100)
    prefix = models.CharField(max_length=16, unique=True)
    token_hash = models.BinaryField(unique=True)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, revoke_with_issuer, null=True, blank=True, related_name="+"
    )

    max_transfers = models.BigIntegerField(null=True, blank=True)
    max_total_bytes = models.BigIntegerField(null=True, blank=True)
    max_transfer_bytes = models.BigIntegerField(null=True, blank=True)
    max_expiry_seconds = models.BigIntegerField(null=True, blank=True)
    rate = models.CharField(max_length=20, default="", blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    transfer_count = models.BigIntegerField(default=0)
    total_bytes = models.BigIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix})"

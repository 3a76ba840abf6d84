"""Models of the audit log and of sign-in limits."""

from django.db import models


class AuditEntry(models.Model):
    """One action of an operator. `entry_hash` is SHA-256 over this entry and `previous_hash`.

    The order is that of `number`, from 1 without gaps; the first has 32 zero bytes before it.
    """

    number = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    operator = models.CharField(max_length=150)
    action = models.CharField(max_length=48)
    target = models.CharField(max_length=100, default="", blank=True)
    details = models.JSONField(default=dict, blank=True)
    previous_hash = models.BinaryField()
    entry_hash = models.BinaryField()

    class Meta:
        ordering = ["-number"]
        verbose_name_plural = "audit log"

    def __str__(self) -> str:
        return f"{self.number}: {self.action}"


class SignInAttempts(models.Model):
    """Wrong passwords for one name, from all browsers that did not sign in with it before, or from
    one that did. `key` is an HMAC; `refused_until` None means that the next may come at once.
    """

    key = models.CharField(primary_key=True, max_length=64)
    failures = models.IntegerField(default=0)
    refused_until = models.DateTimeField(null=True)
    touched_at = models.DateTimeField(db_index=True)

"""Who asked to be told when uploads are possible for them."""

from django.db import models
from django.utils import timezone

from transfers.models.access_token import AccessToken


class WaitlistEntry(models.Model):
    """An address somebody left on the landing page; `invited_at` once a token was issued for it."""

    email = models.EmailField(unique=True)
    words = models.CharField(max_length=500, default="", blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    invited_at = models.DateTimeField(null=True, blank=True)
    access_token = models.ForeignKey(
        AccessToken, models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["created_at"]
        verbose_name_plural = "waitlist"

    def __str__(self) -> str:
        return f"entry {self.pk}"

"""People who want to upload. Inviting one of them means issuing an access token."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from transfers.access import access_tokens
from transfers.models import AccessToken, WaitlistEntry


def register(email: str, words: str) -> None:
    """Add an address; adding it again changes nothing, and no caller can tell the difference."""
    WaitlistEntry.objects.get_or_create(email=email.lower(), defaults={"words": words})


def invite(entry: WaitlistEntry, operator: User) -> tuple[AccessToken, str] | None:
    """A token for one who waits, and its text, which is kept nowhere; None when invited before."""
    token = AccessToken(name=f"Waitlist {entry.pk}", issued_by=operator)
    text = access_tokens.give_secret(token)
    with transaction.atomic():
        token.save(force_insert=True)
        waiting = WaitlistEntry.objects.filter(pk=entry.pk, invited_at=None)
        if not waiting.update(invited_at=timezone.now(), access_token=token):
            transaction.set_rollback(True)
            return None
    return token, text

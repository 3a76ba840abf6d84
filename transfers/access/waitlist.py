"""Who wants to be told when they may upload. Inviting somebody is issuing a token for them."""

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from transfers.access import access_tokens
from transfers.models import AccessToken, WaitlistEntry


def register(email: str, words: str) -> None:
    """Note an address; a second time changes nothing, and nobody learns who is noted."""
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

"""Access tokens of the database, and the senders who hold them."""

from tests.actors import Sender
from transfers.access import access_tokens
from transfers.models import AccessToken

SHARED = "the-shared-access-token"
SECRET_CHARACTERS = 43


def issue(**members: object) -> str:
    """The text of a new token."""
    token = AccessToken(**{"name": "Anna"} | members)
    text = access_tokens.give_secret(token)
    token.save()
    return text


def secret_of(text: str) -> str:
    """What a token consists of beside its prefix; it may have a `_` of its own anywhere."""
    return text[-SECRET_CHARACTERS:]


def holder(text: str, **secrets: object) -> Sender:
    return Sender(access_token=text, **secrets)


def token_row() -> AccessToken:
    """The only token there is."""
    return AccessToken.objects.get()


def usage() -> tuple[int, int]:
    """Transfers and bytes that the only token was charged for."""
    return token_row().transfer_count, token_row().total_bytes

"""Access tokens: shown once, kept as hashes, spent by one conditional UPDATE.

What stops a token and what doesn't is reasoned in docs/decisions/0040.
"""

import hashlib
import re
import secrets
import string
from datetime import datetime

from django.contrib.auth import get_user_model
from django.contrib.auth.models import AbstractUser
from django.db.models import F, Q, QuerySet, TextChoices
from django.utils import timezone

from transfers import errors, limits
from transfers.access import token_use
from transfers.amounts import bytes_text, exact_seconds_text
from transfers.models import AccessToken, Transfer
from transfers.tokens import encode_b64u, same_bytes

PREFIX_LENGTH = 8
PREFIX_ALPHABET = string.ascii_lowercase + string.digits
TOKEN = re.compile(rf"sgst_([{PREFIX_ALPHABET}]{{{PREFIX_LENGTH}}})_[A-Za-z0-9_-]{{43}}")
TRANSFERS_MAX = 10**12
ISSUE_PERMISSION = "transfers.add_accesstoken"
_NO_HASH = bytes(hashlib.sha256().digest_size)


class TokenState(TextChoices):
    USABLE = "usable", "usable"
    USED_UP = "used_up", "used up"
    EXPIRED = "expired", "expired"
    REVOKED = "revoked", "revoked"


def give_secret(token: AccessToken) -> str:
    """Draw prefix and secret of an unsaved token; the whole text, which is kept nowhere."""
    token.prefix = "".join(secrets.choice(PREFIX_ALPHABET) for _ in range(PREFIX_LENGTH))
    text = f"sgst_{token.prefix}_{encode_b64u(secrets.token_bytes(limits.SECRET_BYTES))}"
    token.token_hash = _hash(text)
    return text


def find(text: str) -> AccessToken | None:
    """The token of this text, usable or not. Wrong texts of all kinds cost the same work: one
    hash, one row looked for by its prefix, one comparison in constant time."""
    presented = _hash(text)
    form = TOKEN.fullmatch(text)
    rows = AccessToken.objects.select_related("issued_by")
    token = rows.filter(prefix=form[1] if form else "").first()
    is_same = same_bytes(presented, bytes(token.token_hash) if token else _NO_HASH)
    return token if token and is_same else None


def state_of(token: AccessToken, now: datetime) -> TokenState:
    """What keeps the token from beginning a transfer, the gravest first."""
    if token.revoked_at or (token.issued_by and not _may_issue(token.issued_by)):
        return TokenState.REVOKED
    if token.expires_at and token.expires_at <= now:
        return TokenState.EXPIRED
    if _is_spent(token.transfer_count, token.max_transfers) or _is_spent(
        token.total_bytes, token.max_total_bytes
    ):
        return TokenState.USED_UP
    return TokenState.USABLE


def in_state(state: TokenState, now: datetime) -> QuerySet[AccessToken]:
    """The tokens in this state, as `state_of` defines it, selected by the database."""
    issuers = get_user_model().objects.with_perm(
        ISSUE_PERMISSION, backend="django.contrib.auth.backends.ModelBackend"
    )
    may_issue = Q(issued_by=None) | Q(issued_by__in=issuers.filter(is_staff=True).values("pk"))
    alive = AccessToken.objects.filter(may_issue, revoked_at=None)
    current = alive.filter(Q(expires_at=None) | Q(expires_at__gt=now))
    usable = current.filter(
        Q(max_transfers=None) | Q(transfer_count__lt=F("max_transfers")),
        Q(max_total_bytes=None) | Q(total_bytes__lt=F("max_total_bytes")),
    )
    match state:
        case TokenState.USABLE:
            return usable
        case TokenState.USED_UP:
            return current.exclude(pk__in=usable.values("pk"))
        case TokenState.EXPIRED:
            return alive.filter(expires_at__lte=now)
    return AccessToken.objects.exclude(pk__in=alive.values("pk"))


def require_valid(token: AccessToken) -> None:
    """Raises Forbidden for a token that was revoked or expired: it stops running uploads too.

    One that is used up is let through, to finish what it has paid for; `spend` refuses more.
    """
    match state_of(token, timezone.now()):
        case TokenState.REVOKED:
            raise errors.Forbidden("access_token_revoked", "This access token was revoked.")
        case TokenState.EXPIRED:
            raise errors.Forbidden("access_token_expired", "This access token has expired.")


def charge_to(token: AccessToken, transfer: Transfer, is_expiry_asked: bool) -> None:
    """Put an unsaved transfer on the token's account; `spend` takes it from there.

    Raises TooLarge or Invalid beyond what the token allows to one transfer. An expiry that was not
    asked for is shortened instead.
    """
    if token.max_transfer_bytes is not None and charged_bytes(transfer) > token.max_transfer_bytes:
        raise errors.TooLarge(
            "access_token_transfer_too_large",
            f"This access token allows {bytes_text(token.max_transfer_bytes)} to a transfer.",
        )
    longest = token.max_expiry_seconds
    if longest is not None and transfer.expires_in_seconds > longest:
        if is_expiry_asked:
            raise errors.Invalid(
                "access_token_expiry_too_long",
                f"Transfers of this access token may live {exact_seconds_text(longest)} at most.",
            )
        transfer.expires_in_seconds = longest
    transfer.access_token = token


def charged_bytes(transfer: Transfer) -> int:
    """Plaintext bytes as declared, and never less than a sealed payload of that length can hold."""
    if transfer.payload_bytes is None or transfer.part_bytes is None:  # raw
        return transfer.file_size_bytes
    held = limits.plaintext_bytes(transfer.payload_bytes, transfer.part_bytes)
    return max(transfer.file_size_bytes, held)


def spend(transfer: Transfer) -> None:
    """Count a new transfer on its token, if it has one: in the transaction that inserts it.

    Raises Forbidden `access_token_used_up`, or TooLarge when fewer bytes are left than it takes.
    """
    token, size_bytes = transfer.access_token, charged_bytes(transfer)
    if token is None:
        return
    now = timezone.now()
    spent = AccessToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now),
        Q(max_transfers=None) | Q(transfer_count__lt=F("max_transfers")),
        Q(max_total_bytes=None) | Q(total_bytes__lte=F("max_total_bytes") - size_bytes),
        pk=token.pk,
        revoked_at=None,
    ).update(
        transfer_count=F("transfer_count") + 1,
        total_bytes=F("total_bytes") + size_bytes,
        last_used_at=now,
    )
    if not spent:
        raise _refusal(token)
    token_use.add(token.pk, transfer.created_at, size_bytes)


def give_back(transfer: Transfer) -> None:
    """Take an unfinished transfer off its token's account: in the transaction that closes it."""
    token_id = transfer.access_token_id
    if token_id is None:
        return
    token_use.take_back(token_id, transfer.created_at, charged_bytes(transfer))
    AccessToken.objects.filter(pk=token_id).update(
        transfer_count=F("transfer_count") - 1,
        total_bytes=F("total_bytes") - charged_bytes(transfer),
    )


def revoke(tokens: QuerySet[AccessToken]) -> int:
    """Stop these tokens at their next request, for good; how many were not revoked before."""
    return tokens.filter(revoked_at=None).update(revoked_at=timezone.now())


def _refusal(token: AccessToken) -> errors.TransferError:
    """Why `spend` failed, read afresh."""
    current = AccessToken.objects.select_related("issued_by").filter(pk=token.pk).first()
    if current is None:
        return wrong()
    require_valid(current)
    if state_of(current, timezone.now()) == TokenState.USED_UP:
        return errors.Forbidden(
            "access_token_used_up", "This access token is used up: it allows no more transfers."
        )
    left_bytes = current.max_total_bytes - current.total_bytes if current.max_total_bytes else 0
    return errors.TooLarge(
        "access_token_bytes_exceeded", f"This access token has {bytes_text(left_bytes)} left."
    )


def wrong() -> errors.Unauthorised:
    return errors.Unauthorised(
        "access_token_wrong", "This access token is not valid. Check it for typing errors."
    )


def _may_issue(operator: AbstractUser) -> bool:
    return operator.is_active and operator.is_staff and operator.has_perm(ISSUE_PERMISSION)


def _is_spent(used: int, limit: int | None) -> bool:
    return limit is not None and used >= limit


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()

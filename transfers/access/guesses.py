"""Guesses at what people choose themselves: counted in the row, with waits that grow.

Everyone who guesses at the same thing shares one count. An attempt is taken by one conditional
UPDATE before anything is compared, so that parallel guesses find as few as patient ones.
"""

import math
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Case, DateTimeField, F, Q, QuerySet, Value, When
from django.utils import timezone

from transfers import errors
from transfers.models import Transfer
from transfers.tokens import secret_matches

FREE_GUESSES = 5
LONGEST_WAIT_SECONDS = 3600
_DOUBLINGS = range(math.ceil(math.log2(LONGEST_WAIT_SECONDS)))

# Without a passphrase (format.md section 3) the proof comes from 32 random bytes alone.
_WITHOUT_PASSPHRASE = re.compile(r'\{"v":1,"kdf":\{"salt":"[A-Za-z0-9_-]{22}"\}\}')


def require_proof(transfer: Transfer, proof: str, is_known: Callable[[], bool]) -> None:
    """Compare a proof for somebody whose link proof was right (format.md section 6).

    Raises Forbidden for a wrong one, TooManyRequests while guesses are refused; a right one sets
    the count back. `is_known` says whether the caller holds a live lease, and so had the right
    proof before: guessers cannot stop a download that runs, nor does it clear their count.
    """
    now = timezone.now()
    is_free = _WITHOUT_PASSPHRASE.fullmatch(transfer.envelope) and not _is_refused(transfer, now)
    if is_free or is_known():
        if secret_matches(proof, bytes(transfer.proof_hash)):
            if is_free and transfer.proof_failures:
                _forgive(transfer)
            return
        _take_guess(transfer, now)
    else:
        _take_guess(transfer, now)
        if secret_matches(proof, bytes(transfer.proof_hash)):
            _forgive(transfer)
            return
    raise errors.Forbidden("proof_wrong", "This passphrase is not the right one.")


def take_attempt(
    rows: QuerySet[Any], now: datetime, count: str, until: str, **changes: object
) -> bool:
    """Take one attempt of the one row in `rows`, unless its time `until` lies ahead.

    Counts it in `count`. From the fifth on each puts `until` off: 1 s, 2 s, 4 s … an hour.
    `changes` are made along with it.
    """
    waits = [
        When(
            Q(**{count: FREE_GUESSES - 1 + doubling}),
            then=Value(now + timedelta(seconds=2**doubling)),
        )
        for doubling in _DOUBLINGS
    ]
    wait = Case(
        When(Q(**{f"{count}__lt": FREE_GUESSES - 1}), then=Value(None)),
        *waits,
        default=Value(now + timedelta(seconds=LONGEST_WAIT_SECONDS)),
        output_field=DateTimeField(null=True),
    )
    is_open = Q(**{until: None}) | Q(**{f"{until}__lte": now})
    return rows.filter(is_open).update(**{count: F(count) + 1, until: wait}, **changes) == 1


def seconds_until(moment: datetime | None, now: datetime) -> int:
    """Whole seconds to wait, 1 at least."""
    return max(1, math.ceil((moment - now).total_seconds())) if moment else 1


def _is_refused(transfer: Transfer, now: datetime) -> bool:
    return transfer.proofs_refused_until is not None and transfer.proofs_refused_until > now


def _take_guess(transfer: Transfer, now: datetime) -> None:
    rows = Transfer.objects.filter(pk=transfer.pk)
    if _is_refused(transfer, now) or not take_attempt(
        rows, now, "proof_failures", "proofs_refused_until"
    ):
        until = rows.values_list("proofs_refused_until", flat=True).first()
        raise errors.TooManyRequests(
            "too_many_guesses",
            "Too many wrong passphrases were tried for this transfer. Wait, then try again.",
            retry_after_seconds=seconds_until(until, timezone.now()),
        )


def _forgive(transfer: Transfer) -> None:
    Transfer.objects.filter(pk=transfer.pk).update(proof_failures=0, proofs_refused_until=None)

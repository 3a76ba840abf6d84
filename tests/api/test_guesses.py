"""Who has the link but not the passphrase may try a few, then has to wait longer and longer."""

import math
import threading
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.actors import ENVELOPE, Recipient, Sender, code_of, random_secret
from tests.clock import let_pass
from transfers.access.guesses import FREE_GUESSES, LONGEST_WAIT_SECONDS, require_proof, take_attempt
from transfers.errors import TooManyRequests
from transfers.models import Lease, Transfer

ARGON2ID = '"argon2id":{"m":65536,"t":3,"p":1}'
WITH_PASSPHRASE = ENVELOPE.replace("}}", f",{ARGON2ID}}}}}")
REFUSED = (429, "too_many_guesses")
WRONG = (403, "proof_wrong")
# So many wrong ones that the next makes all wait for far longer than a test takes.
MANY, WAIT_SECONDS = 14, 1024


@pytest.fixture(params=[WITH_PASSPHRASE, ENVELOPE], ids=["with passphrase", "without"])
def sender(request: pytest.FixtureRequest, db) -> Sender:
    return Sender().send(envelope=request.param)


def guesser_of(sender: Sender) -> Recipient:
    """Somebody with the whole link, who does not know the passphrase."""
    return Recipient(sender.transfer_id, sender.link_proof, random_secret())


def refused_guesser_of(sender: Sender) -> Recipient:
    """Somebody who has just guessed once too often."""
    Transfer.objects.update(proof_failures=MANY)
    guesser = guesser_of(sender)
    assert guess(guesser) == [WRONG]
    return guesser


def guess(guesser: Recipient, times: int = 1) -> list[tuple[int, str]]:
    return [code_of(guesser.manifest(proof=random_secret())) for _ in range(times)]


def failures() -> int:
    return Transfer.objects.get().proof_failures


def test_a_few_typing_errors_are_free(sender: Sender):
    assert guess(guesser_of(sender), FREE_GUESSES) == [WRONG] * FREE_GUESSES
    assert failures() == FREE_GUESSES


def test_after_that_each_guess_waits_twice_as_long_and_an_hour_at_most(sender: Sender):
    rows = Transfer.objects.filter(pk=sender.transfer_id)
    now, waits = timezone.now(), []
    for _ in range(FREE_GUESSES + 14):
        assert take_attempt(rows, now, "proof_failures", "proofs_refused_until")
        until = rows.get().proofs_refused_until or now
        waits.append((until - now).total_seconds())
        if until > now:
            almost = until - timedelta(milliseconds=1)
            assert not take_attempt(rows, almost, "proof_failures", "proofs_refused_until")
        now = until

    doubling = [2**n for n in range(12)]
    assert waits == [0] * (FREE_GUESSES - 1) + doubling + [LONGEST_WAIT_SECONDS] * 3


def test_refused_guesses_are_told_when_to_return_and_not_counted(sender: Sender):
    guesser = refused_guesser_of(sender)
    before = Transfer.objects.get()

    refused = guesser.manifest()

    assert code_of(refused) == REFUSED
    assert WAIT_SECONDS - 100 <= int(refused["Retry-After"]) <= WAIT_SECONDS
    assert guess(guesser, 10) == [REFUSED] * 10
    after = Transfer.objects.get()
    assert (after.proof_failures, after.proofs_refused_until) == (
        before.proof_failures,
        before.proofs_refused_until,
    )


def test_manifest_and_lease_share_one_count(sender: Sender):
    Transfer.objects.update(proof_failures=MANY)
    guesser = guesser_of(sender)

    assert code_of(guesser.lease()) == WRONG
    assert code_of(guesser.lease()) == REFUSED
    assert code_of(guesser.manifest()) == REFUSED
    assert not Lease.objects.exists()


def test_the_right_passphrase_has_to_wait_too_and_then_resets_the_count(sender: Sender):
    recipient = sender.recipient()
    refused_guesser_of(sender)
    assert code_of(recipient.manifest()) == REFUSED
    assert code_of(recipient.lease()) == REFUSED

    let_pass(seconds=WAIT_SECONDS)
    assert recipient.manifest().status_code == 200
    assert failures() == 0
    assert Transfer.objects.get().proofs_refused_until is None
    assert guess(guesser_of(sender), FREE_GUESSES) == [WRONG] * FREE_GUESSES


def test_nobody_who_guesses_stops_a_download_that_runs_nor_gains_from_it(sender: Sender):
    recipient = sender.recipient()
    assert recipient.lease().status_code == 200
    guesser = refused_guesser_of(sender)

    assert recipient.lease().status_code == 200
    assert recipient.manifest(lease_token=recipient.lease_token).status_code == 200
    assert code_of(guesser.manifest(lease_token=random_secret())) == REFUSED
    assert failures() == MANY + 1


def test_an_ended_lease_is_no_way_around_the_count(sender: Sender):
    recipient = sender.recipient()
    recipient.lease()
    recipient.finish()
    refused_guesser_of(sender)

    assert code_of(recipient.lease()) == REFUSED


@pytest.mark.usefixtures("counters_clock")
def test_a_stranger_without_the_key_cannot_lock_a_recipient_out(sender: Sender, settings):
    settings.RATES = {**settings.RATES, "link_failures": "8/h"}
    stranger = sender.stranger()

    codes = [code_of(stranger.manifest()) for _ in range(6)]
    codes += [code_of(stranger.lease()) for _ in range(6)]

    assert codes == [(403, "link_proof_wrong")] * 8 + [(429, "too_many_requests")] * 4
    assert failures() == 0
    assert sender.recipient().manifest().status_code == 200
    assert sender.recipient().lease().status_code == 200


@pytest.mark.django_db
def test_a_guess_that_read_the_row_before_it_was_shut_is_not_even_compared():
    sender = Sender().send(envelope=WITH_PASSPHRASE)
    read_before = Transfer.objects.get()
    refused_guesser_of(sender)

    with pytest.raises(TooManyRequests):
        require_proof(read_before, sender.proof, lambda: False)
    assert failures() == MANY + 1


def guess_200_times_in_parallel(sender: Sender) -> list[tuple[int, str]]:
    barrier = threading.Barrier(40)
    answers: list[tuple[int, str]] = []

    def guess_at_once() -> None:
        try:
            guesser = guesser_of(sender)
            barrier.wait(timeout=30)
            answers.extend(guess(guesser, 5))
        finally:
            connection.close()

    threads = [threading.Thread(target=guess_at_once) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(answers) == 200
    assert set(answers) == {WRONG, REFUSED}
    return answers


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("envelope", [WITH_PASSPHRASE, ENVELOPE])
def test_of_200_parallel_guesses_only_the_one_that_is_due_is_compared(envelope: str):
    sender = Sender().send(envelope=envelope)
    Transfer.objects.update(proof_failures=MANY)

    answers = guess_200_times_in_parallel(sender)

    assert answers.count(WRONG) == 1
    assert failures() == MANY + 1


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("envelope", [WITH_PASSPHRASE, ENVELOPE])
def test_of_200_parallel_guesses_no_more_are_free_than_of_patient_ones(envelope: str):
    sender = Sender().send(envelope=envelope)
    begun = time.monotonic()

    answers = guess_200_times_in_parallel(sender)

    # After the free ones the n-th more is due when 2^n - 1 seconds have passed.
    due_meanwhile = int(math.log2(time.monotonic() - begun + 1))
    assert FREE_GUESSES <= answers.count(WRONG) <= FREE_GUESSES + due_meanwhile
    assert failures() == answers.count(WRONG)

"""Who has the link but not the passphrase may try a few, then has to wait longer and longer."""

import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from tests.actors import ENVELOPE, Recipient, Sender, code_of, random_secret
from tests.clock import let_pass
from transfers.guesses import FREE_GUESSES, LONGEST_WAIT_SECONDS
from transfers.models import Lease, Transfer

ARGON2ID = '"argon2id":{"m":65536,"t":3,"p":1}'
WITH_PASSPHRASE = ENVELOPE.replace("}}", f",{ARGON2ID}}}}}")
REFUSED = (429, "too_many_guesses")
WRONG = (403, "proof_wrong")


@pytest.fixture(params=[WITH_PASSPHRASE, ENVELOPE], ids=["with passphrase", "without"])
def sender(request: pytest.FixtureRequest, db) -> Sender:
    return Sender().send(envelope=request.param)


def guesser_of(sender: Sender) -> Recipient:
    """Somebody with the whole link, who does not know the passphrase."""
    return Recipient(sender.transfer_id, sender.link_proof, random_secret())


def guess(guesser: Recipient, times: int = 1) -> list[tuple[int, str]]:
    return [code_of(guesser.manifest(proof=random_secret())) for _ in range(times)]


def failures() -> int:
    return Transfer.objects.get().proof_failures


def test_a_few_typing_errors_are_free(sender: Sender):
    assert guess(guesser_of(sender), FREE_GUESSES) == [WRONG] * FREE_GUESSES
    assert failures() == FREE_GUESSES


def test_after_that_each_guess_waits_twice_as_long_and_an_hour_at_most(sender: Sender):
    guesser = guesser_of(sender)
    guess(guesser, FREE_GUESSES)
    waits = []
    for _ in range(14):
        refused = guesser.manifest()
        assert code_of(refused) == REFUSED
        waits.append(int(refused["Retry-After"]))
        let_pass(seconds=waits[-1])
        assert guess(guesser) == [WRONG]

    assert waits == [2**n for n in range(12)] + [LONGEST_WAIT_SECONDS] * 2
    assert failures() == FREE_GUESSES + 14


def test_refused_guesses_are_neither_compared_nor_counted(sender: Sender):
    guesser = guesser_of(sender)
    guess(guesser, FREE_GUESSES)

    assert guess(guesser, 10) == [REFUSED] * 10
    assert failures() == FREE_GUESSES


def test_manifest_and_lease_share_one_count(sender: Sender):
    guesser = guesser_of(sender)
    guess(guesser, FREE_GUESSES - 1)

    assert code_of(guesser.lease()) == WRONG
    assert code_of(guesser.lease()) == REFUSED
    assert code_of(guesser.manifest()) == REFUSED
    assert not Lease.objects.exists()


def test_the_right_passphrase_has_to_wait_too_and_then_resets_the_count(sender: Sender):
    recipient = sender.recipient()
    guess(guesser_of(sender), FREE_GUESSES)
    assert code_of(recipient.manifest()) == REFUSED
    assert code_of(recipient.lease()) == REFUSED

    let_pass(seconds=1)
    assert recipient.manifest().status_code == 200
    assert failures() == 0
    assert Transfer.objects.get().proofs_refused_until is None
    assert guess(guesser_of(sender), FREE_GUESSES) == [WRONG] * FREE_GUESSES


def test_nobody_who_guesses_stops_a_download_that_runs(sender: Sender):
    recipient = sender.recipient()
    assert recipient.lease().status_code == 200
    guess(guesser_of(sender), FREE_GUESSES)

    assert recipient.lease().status_code == 200
    assert recipient.manifest(lease_token=recipient.lease_token).status_code == 200
    assert code_of(guesser_of(sender).manifest(lease_token=random_secret())) == REFUSED


def test_an_ended_lease_is_no_way_around_the_count(sender: Sender):
    recipient = sender.recipient()
    recipient.lease()
    recipient.finish()
    guess(guesser_of(sender), FREE_GUESSES)

    assert code_of(recipient.lease()) == REFUSED


def test_a_stranger_without_the_key_cannot_lock_a_recipient_out(sender: Sender, settings):
    settings.RATES = {**settings.RATES, "link_failures": "8/h"}
    stranger = sender.stranger()

    codes = [code_of(stranger.manifest()) for _ in range(6)]
    codes += [code_of(stranger.lease()) for _ in range(6)]

    assert codes == [(403, "link_proof_wrong")] * 8 + [(429, "too_many_requests")] * 4
    assert failures() == 0
    assert sender.recipient().manifest().status_code == 200
    assert sender.recipient().lease().status_code == 200


def test_a_refusal_is_the_same_for_every_address(sender: Sender):
    guess(guesser_of(sender), FREE_GUESSES)
    refused_until = Transfer.objects.get().proofs_refused_until

    assert timezone.now() < refused_until <= timezone.now() + timedelta(seconds=1)


@pytest.mark.usefixtures("on_postgres")
@pytest.mark.parametrize("envelope", [WITH_PASSPHRASE, ENVELOPE])
def test_of_200_parallel_guesses_no_more_are_compared_than_of_patient_ones(envelope: str, settings):
    sender = Sender().send(envelope=envelope)
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

    waited_out = answers.count(WRONG) - FREE_GUESSES
    assert len(answers) == 200
    assert answers.count(REFUSED) == 200 - answers.count(WRONG)
    assert failures() == answers.count(WRONG)
    # A second may pass while they run; the next guess after it is free again, and no other.
    assert 0 <= waited_out <= 2

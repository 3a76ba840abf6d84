"""Everything that senders, recipients, operators and the clock may do to a transfer, in any order.

hypothesis looks for an order in which API, rows or store differ from `lifecycle_model`.
"""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.actors import MIB, Sender, fetch, put, random_secret
from tests.adversarial.lifecycle_model import FINE, NOT_FOUND, Answer, ModelTransfer
from tests.clock import let_pass
from transfers.lifecycle import abuse
from transfers.limits import RATE_RULES
from transfers.maintenance import cleanup
from transfers.models import Lease, Transfer
from transfers.stores import current_store

MANIFESTS = [os.urandom(4156), os.urandom(4156)]
LEASE_TOKENS = [random_secret() for _ in range(4)]
TWO_PARTS = os.urandom(5 * MIB + 9)
HOUR = 3600

lease_tokens = st.sampled_from(LEASE_TOKENS)
spans = st.sampled_from([1, 5, 23, 24, 49, 169, 720, 721])
limits_ = st.sampled_from([None, 1, 2, 3])


def answer_of(response) -> Answer:
    return response.status_code, response.json().get("code", "")


class Lifecycle(RuleBasedStateMachine):
    """One transfer, and the model beside it."""

    @initialize(
        is_long=st.sampled_from([False, False, False, True]),
        limit=limits_,
        life=st.sampled_from([1, 24, 168]),
        stage=st.sampled_from(["begun", "uploaded", "completed", "downloaded", "downloaded"]),
    )
    def create(self, is_long: bool, limit: int | None, life: int, stage: str) -> None:
        self.sender = Sender(payload=TWO_PARTS if is_long else b"sealed")
        response = self.sender.create(max_downloads=limit, expires_in_seconds=life * HOUR)
        assert response.status_code == 200
        self.model = ModelTransfer(2 if is_long else 1, limit, life)
        self.urls: dict[int, str] = {}
        if stage != "begun":
            for index in range(self.model.part_count):
                self.sign([index])
                self.put_part(index)
        if stage in ("completed", "downloaded"):
            self.complete(MANIFESTS[0])
        if stage == "downloaded":
            for token in LEASE_TOKENS[:2]:
                self.lease(token)

    @rule(indices=st.lists(st.integers(0, 2), min_size=1, max_size=3))
    def sign(self, indices: list[int]) -> None:
        response = self.sender.sign(*indices)
        assert answer_of(response) == self.model.sign(indices)
        if response.status_code == 200:
            self.urls |= {part["index"]: part["url"] for part in response.json()["parts"]}

    @precondition(lambda self: self.urls)
    @rule(index=st.integers(0, 1))
    def put_part(self, index: int) -> None:
        if index not in self.urls:
            return
        status = put(self.urls[index], self.sender.parts()[index])
        if self.model.state == "pending":
            assert status == 200
            self.model.parts.add(index)
        else:
            assert status in (404, 409)

    @precondition(lambda self: self.urls)
    @rule(index=st.integers(0, 1), by=st.sampled_from([-1, 1]))
    def put_a_part_of_another_length(self, index: int, by: int) -> None:
        if index not in self.urls:
            return
        part = self.sender.parts()[index]
        wrong = part[:-1] if by < 0 else part + b"x"
        assert 400 <= put(self.urls[index], wrong) < 500

    @rule()
    def list_parts(self) -> None:
        response = self.sender.list_parts()
        assert answer_of(response) == self.model.list_parts()
        if response.status_code == 200:
            assert {part["index"] for part in response.json()["parts"]} == self.model.parts

    @rule(manifest=st.sampled_from([MANIFESTS[0], *MANIFESTS]))
    def complete(self, manifest: bytes) -> None:
        assert answer_of(self.sender.complete(manifest)) == self.model.complete(manifest)

    @rule()
    def abort(self) -> None:
        assert answer_of(self.sender.abort()) == self.model.abort()

    @rule(token=lease_tokens)
    def lease(self, token: str) -> None:
        response = self.sender.recipient().lease(lease_token=token)
        assert answer_of(response) == self.model.lease(token)
        if response.status_code == 200:
            assert fetch(response.json()["url"]) == (200, self.sender.payload)

    @rule(token=lease_tokens)
    def lease_with_a_wrong_key(self, token: str) -> None:
        response = self.sender.stranger().lease(lease_token=token)
        is_there = self.model.state == "completed"
        expected = (403, "link_proof_wrong") if is_there else self.model.refusal()
        assert answer_of(response) == expected

    @rule(token=lease_tokens)
    def finish(self, token: str) -> None:
        recipient = self.sender.recipient()
        recipient.lease_token = token
        assert answer_of(recipient.finish()) == self.model.finish(token)

    @rule(token=lease_tokens)
    def read_manifest(self, token: str) -> None:
        response = self.sender.recipient().manifest(lease_token=token)
        assert answer_of(response) == self.model.read_manifest(token)

    @rule(hours=st.sampled_from([None, 1, 30, 720]), limit=limits_)
    def change_terms(self, hours: int | None, limit: int | None) -> None:
        terms = {"max_downloads": limit}
        if hours is not None:
            terms["expires_in_seconds"] = hours * HOUR
        assert answer_of(self.sender.change(**terms)) == self.model.change(hours, limit)

    @rule()
    def revoke(self) -> None:
        assert answer_of(self.sender.revoke()) == self.model.revoke()

    @rule()
    def delete(self) -> None:
        response = self.sender.delete()
        assert answer_of(response) == self.model.delete()
        if response.status_code == 200:
            assert response.json()["receipt"]["reason"] == self.model.reason

    @rule()
    def take_down(self) -> None:
        transfer = Transfer.objects.find(self.sender.transfer_id)
        if transfer:
            abuse.take_down(transfer, None)
            self.model.close("taken_down")

    @rule(hours=spans)
    def time_passes(self, hours: int) -> None:
        let_pass(hours=hours)
        self.model.now += hours

    @rule()
    def clean_up(self) -> None:
        assert cleanup.run().failed == 0
        self.model.clean_up()

    @invariant()
    def info_tells_what_is_true(self) -> None:
        token = LEASE_TOKENS[0]
        recipient = self.sender.recipient()
        recipient.lease_token = token
        response = recipient.info(with_lease=True)
        assert answer_of(response) == self.model.info(token)
        if response.status_code == 200:
            told = response.json()
            assert told["status"] == self.model.state
            assert (told["download_count"], told["max_downloads"]) == (
                self.model.count,
                self.model.limit,
            )

    @invariant()
    def the_sender_is_told_the_same(self) -> None:
        response = self.sender.manage()
        assert answer_of(response) == self.model.manage()
        if response.status_code == 200:
            is_closing = self.model.state == "completed" and self.model.closing_reason
            assert response.json()["state"] == (is_closing or self.model.state)
            assert response.json()["download_count"] == self.model.count

    @invariant()
    def rows_and_store_agree(self) -> None:
        row = Transfer.objects.filter(pk=self.sender.transfer_id).first()
        assert (row is None) == (self.model.state == "forgotten")
        if row is None or row.state == "deleted":
            assert current_store().is_absent(self.sender.transfer_id)
            assert not Lease.objects.filter(transfer_id=self.sender.transfer_id).exists()
            return
        assert (row.state, row.reason) == (self.model.state, self.model.reason)
        assert row.max_downloads is None or row.download_count <= row.max_downloads
        assert row.leases.count() == row.download_count == self.model.count
        length = current_store().stat(row.pk)
        assert length == (row.payload_bytes if row.state == "completed" else None)

    def teardown(self) -> None:
        self.sender.delete()
        Transfer.objects.all().delete()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("orders", "steps"),
    [(12, 20), pytest.param(200, 40, marks=pytest.mark.long)],
    ids=["some", "many"],
)
def test_no_order_of_calls_brings_the_api_apart_from_its_model(
    store, settings_without_rates: None, orders: int, steps: int
):
    how = settings(
        max_examples=orders,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Lifecycle, settings=how)


@pytest.fixture
def settings_without_rates(settings) -> None:
    settings.RATES = dict.fromkeys(RATE_RULES, "off")


def test_the_model_forgets_a_used_up_transfer_after_thirty_days():
    model = ModelTransfer(part_count=1, limit=1, life_hours=168)
    model.parts = {0}
    assert model.complete(b"m") == FINE
    assert model.lease("a") == FINE
    assert model.lease("b") == (410, "transfer_exhausted")
    model.now = 24
    model.clean_up()
    assert model.refusal() == (410, "transfer_exhausted")
    model.now += 720
    assert model.refusal() == NOT_FOUND
    model.clean_up()
    assert model.manage() == NOT_FOUND

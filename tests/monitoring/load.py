"""People who send and fetch all the time, with the Python client, whatever happens to the site."""

import hashlib
import os
import random
import threading
from dataclasses import dataclass

from harness.live_site import LiveSite
from sgraph_send.client.client import Client, SentTransfer
from sgraph_send.client.connection import CallFailed, Connection
from sgraph_send.client.sizes import PART_BYTES_MIN
from tests.actors import Sender, put
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u

PEOPLE = 4
ONE_IN = 12  # of the transfers has two parts
PAUSE_SECONDS = (0.1, 0.4)


@dataclass(frozen=True)
class Kept:
    """A transfer that was reported complete, and what its file must be."""

    sent: SentTransfer
    sha256: bytes


class Load:
    """Runs within a `with`. `kept` are the complete transfers, `refusals` what people were told,
    `wrong` ids of transfers that came back as something else."""

    def __init__(self, url: str) -> None:
        self.kept: list[Kept] = []
        self.refusals: list[CallFailed] = []
        self.wrong: list[str] = []
        self.fetched = 0
        self._url = url
        self._over = threading.Event()
        self._people = [threading.Thread(target=self._live, args=[seed]) for seed in range(PEOPLE)]

    def __enter__(self) -> "Load":
        for person in self._people:
            person.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for person in self._people:
            person.join()

    def fetch(self, kept: Kept) -> None:
        """Raises CallFailed."""
        received = Client(Connection(self._url)).receive(kept.sent.transfer_id, kept.sent.secret)
        ((_, data),) = received.files
        if hashlib.sha256(data).digest() != kept.sha256:
            self.wrong.append(kept.sent.transfer_id)
        self.fetched += 1

    def _live(self, seed: int) -> None:
        chance = random.Random(seed)
        client = Client(Connection(self._url))
        while not self._over.wait(chance.uniform(*PAUSE_SECONDS)):
            size = PART_BYTES_MIN if chance.randrange(ONE_IN) == 0 else 0
            data = os.urandom(size + chance.randrange(1, 100_000))
            try:
                sent = client.send([("made up.bin", data)])
                self.kept.append(Kept(sent, hashlib.sha256(data).digest()))
                self.fetch(chance.choice(self.kept))
            except CallFailed as refusal:
                self.refusals.append(refusal)


class HalfSent:
    """A transfer whose parts are in the store, and which its sender has still to complete."""

    def __init__(self, site: LiveSite) -> None:
        self._site, self._sender = site, Sender()
        created = call(site, "POST", "/transfers/create", self._sender.creation())
        self._id = created["transfer_id"]
        path = f"/transfers/upload/{self._id}/sign"
        signed = call(site, "POST", path, {"parts": [0]}, **self._sender.owner_header)
        assert put(signed["parts"][0]["url"], self._sender.payload) == 200

    def complete(self) -> dict:
        """The server's answer."""
        manifest = {"manifest": encode_b64u(self._sender.sealed_manifest)}
        path = f"/transfers/complete/{self._id}"
        return call(self._site, "POST", path, manifest, **self._sender.owner_header)

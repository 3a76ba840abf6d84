"""Transfers of a running site in every state, with all of their secrets, made when needed."""

import urllib.request
from dataclasses import dataclass

from harness.live_site import LiveSite
from tests.actors import Sender, random_secret
from tests.commands.http_calls import call
from transfers.tokens import encode_b64u

GUARDED = '{"v":1,"kdf":{"salt":"AAAAAAAAAAAAAAAAAAAAAA","m":65536,"t":3,"p":1}}'
KINDS = (
    "pending",
    "uploaded",
    "completed",
    "guarded",
    "leased",
    "used_up",
    "expired",
    "deleted",
    "taken_down",
    "raw_pending",
    "raw_uploaded",
    "raw_completed",
)


@dataclass
class Stocked:
    """A transfer and what its sender and its recipient know."""

    sender: Sender
    lease_token: str

    @property
    def manifest(self) -> str:
        return encode_b64u(self.sender.sealed_manifest)


class Stock:
    """One transfer of each kind; `spend` has the next asker get a new one."""

    def __init__(self, site: LiveSite) -> None:
        self.site = site
        self.held: dict[str, Stocked] = {}

    def get(self, kind: str) -> Stocked:
        if kind not in self.held:
            self.held[kind] = self._make(kind)
        return self.held[kind]

    def spend(self, kind: str) -> None:
        self.held.pop(kind, None)

    def _make(self, kind: str) -> Stocked:
        sender = Sender()
        stocked = Stocked(sender, random_secret())
        if kind.startswith("raw_"):
            self._make_raw(sender, kind)
            return stocked
        terms = {"max_downloads": 1 if kind == "used_up" else None}
        if kind == "guarded":
            terms["envelope"] = GUARDED
        if kind == "expired":
            terms["expires_in_seconds"] = 1
        created = call(self.site, "POST", "/transfers/create", sender.creation(**terms))
        sender.transfer_id = created["transfer_id"]
        if kind != "pending":
            self._upload(sender)
        if kind not in ("pending", "uploaded"):
            self._post(sender, "complete/{}", {"manifest": stocked.manifest})
        if kind in ("leased", "used_up"):
            proofs = sender.recipient().proofs
            self._post(sender, "download/{}/lease", proofs | {"lease_token": stocked.lease_token})
        if kind == "used_up":
            self._post(sender, "download/{}/finish", {"lease_token": stocked.lease_token})
        if kind == "deleted":
            path = f"/transfers/manage/{sender.transfer_id}"
            call(self.site, "DELETE", path, **sender.owner_header)
        if kind == "taken_down":
            assert self.site.manage("take_down", sender.transfer_id).returncode == 0
        return stocked

    def _make_raw(self, sender: Sender, kind: str) -> None:
        body = {"file_size_bytes": 5}
        sender.transfer_id = call(self.site, "POST", "/transfers/create", body)["transfer_id"]
        if kind != "raw_pending":
            self._send(f"/transfers/upload/{sender.transfer_id}", b"bytes", "POST")
        if kind == "raw_completed":
            call(self.site, "POST", f"/transfers/complete/{sender.transfer_id}")

    def _upload(self, sender: Sender) -> None:
        signed = self._post(sender, "upload/{}/sign", {"parts": [0]})["parts"][0]
        self._send(signed["url"], sender.payload, "PUT")

    def _post(self, sender: Sender, path: str, body: dict) -> dict:
        where = f"/transfers/{path.format(sender.transfer_id)}"
        return call(self.site, "POST", where, body, **sender.owner_header)

    def _send(self, path: str, body: bytes, method: str) -> None:
        request = urllib.request.Request(self.site.url + path, body, method=method)
        with urllib.request.urlopen(request, timeout=30):
            pass

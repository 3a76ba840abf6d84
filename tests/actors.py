"""The people of the tests: a sender, a recipient, a stranger. They speak the HTTP API.

To the server everything sealed is opaque, so random bytes stand for ciphertext here; the tests of
the format and of the browser use the real thing.
"""

import hashlib
import http.client
import json
import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.test import Client

from transfers.tokens import encode_b64u

MIB = 2**20
ENVELOPE = '{"v":1,"kdf":{"salt":"AAAAAAAAAAAAAAAAAAAAAA"}}'


def random_secret() -> str:
    return encode_b64u(os.urandom(32))


def hash_of(secret_b64u: str) -> str:
    from transfers.tokens import decode_b64u

    return encode_b64u(hashlib.sha256(decode_b64u(secret_b64u)).digest())


def post(path: str, body: object = None, **headers: str) -> HttpResponse:
    """POST a JSON body, or no body."""
    data = "" if body is None else json.dumps(body)
    return Client(headers=headers).post(path, data, content_type="application/json")


def get(path: str, **headers: str) -> HttpResponse:
    return Client(headers=headers).get(path)


def put(url: str, body: bytes) -> int:
    """PUT bytes to a signed URL, ours or the object store's; the status."""
    if url.startswith("/"):
        return Client().put(url, body, content_type="application/octet-stream").status_code
    return store_request("PUT", url, body)[0]


def fetch(url: str, byte_range: str | None = None) -> tuple[int, bytes]:
    """GET a signed URL; status and body."""
    headers = {"Range": byte_range} if byte_range else {}
    if url.startswith("/"):
        response = Client(headers=headers).get(url)
        return response.status_code, response.getvalue()
    return store_request("GET", url, None, headers)


def store_request(
    method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """A request to the object store itself."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=30)
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body, headers or {})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@dataclass
class Sender:
    """Owns one sealed transfer and knows all of its secrets."""

    payload: bytes = b"sealed bytes, opaque to the server" * 3
    part_bytes: int = 5 * MIB
    owner_token: str = field(default_factory=random_secret)
    link_proof: str = field(default_factory=random_secret)
    proof: str = field(default_factory=random_secret)
    sealed_manifest: bytes = field(default_factory=lambda: os.urandom(32 + 12 + 4096 + 16))
    transfer_id: str = ""
    access_token: str = ""

    def creation(self, **changes: object) -> dict[str, object]:
        """The body of `create`; a change to `...` leaves the member out."""
        body = {
            "file_size_bytes": max(0, len(self.payload) - 56),
            "payload_bytes": len(self.payload),
            "part_bytes": self.part_bytes,
            "envelope": ENVELOPE,
            "link_proof_hash": hash_of(self.link_proof),
            "proof_hash": hash_of(self.proof),
            "owner_token_hash": hash_of(self.owner_token),
            **changes,
        }
        return {name: value for name, value in body.items() if value is not ...}

    def create(self, **changes: object) -> HttpResponse:
        response = post("/transfers/create", self.creation(**changes), **self.access_header)
        if response.status_code == 200:
            self.transfer_id = response.json()["transfer_id"]
        return response

    def parts(self) -> list[bytes]:
        step = self.part_bytes
        return [self.payload[at : at + step] for at in range(0, len(self.payload), step)]

    def sign(self, *indices: int) -> HttpResponse:
        path = f"/transfers/upload/{self.transfer_id}/sign"
        return post(path, {"parts": list(indices)}, **self.owner_header)

    def upload(self, *indices: int) -> None:
        """PUT these parts, or all of them."""
        parts = self.parts()
        chosen = indices or range(len(parts))
        for signed in self.sign(*chosen).json()["parts"]:
            assert put(signed["url"], parts[signed["index"]]) == 200

    def complete(self, sealed_manifest: bytes | None = None) -> HttpResponse:
        manifest = encode_b64u(sealed_manifest or self.sealed_manifest)
        path = f"/transfers/complete/{self.transfer_id}"
        return post(path, {"manifest": manifest}, **self.owner_header)

    def send(self, **changes: object) -> "Sender":
        """The whole way: create, upload, complete."""
        assert self.create(**changes).status_code == 200
        self.upload()
        assert self.complete().status_code == 200
        return self

    def list_parts(self) -> HttpResponse:
        return get(f"/transfers/upload/{self.transfer_id}/parts", **self.owner_header)

    def abort(self) -> HttpResponse:
        return post(f"/transfers/upload/{self.transfer_id}/abort", **self.owner_header)

    def manage(self) -> HttpResponse:
        return get(f"/transfers/manage/{self.transfer_id}", **self.owner_header)

    def change(self, **terms: int | None) -> HttpResponse:
        path = f"/transfers/manage/{self.transfer_id}"
        body, kind = json.dumps(terms), "application/json"
        return Client(headers=self.owner_header).patch(path, body, content_type=kind)

    def revoke(self) -> HttpResponse:
        return post(f"/transfers/manage/{self.transfer_id}/revoke", **self.owner_header)

    def delete(self) -> HttpResponse:
        return Client(headers=self.owner_header).delete(f"/transfers/manage/{self.transfer_id}")

    @property
    def owner_header(self) -> dict[str, str]:
        return {"x-sgraph-owner-token": self.owner_token, **self.access_header}

    @property
    def access_header(self) -> dict[str, str]:
        return {"x-sgraph-access-token": self.access_token} if self.access_token else {}

    def recipient(self) -> "Recipient":
        """Somebody to whom the sender gave link and key."""
        return Recipient(self.transfer_id, self.link_proof, self.proof)

    def stranger(self) -> "Recipient":
        """Somebody who knows the id alone."""
        return Recipient(self.transfer_id, random_secret(), random_secret())


@dataclass
class Recipient:
    """Somebody with a link; whether the proofs are right depends on who they are."""

    transfer_id: str
    link_proof: str
    proof: str
    lease_token: str = field(default_factory=random_secret)

    @property
    def proofs(self) -> dict[str, str]:
        return {"link_proof": self.link_proof, "proof": self.proof}

    def info(self, with_lease: bool = False) -> HttpResponse:
        headers = {"x-sgraph-lease-token": self.lease_token} if with_lease else {}
        return get(f"/transfers/info/{self.transfer_id}", **headers)

    def manifest(self, **changes: object) -> HttpResponse:
        return post(f"/transfers/manifest/{self.transfer_id}", {**self.proofs, **changes})

    def lease(self, **changes: object) -> HttpResponse:
        body = {**self.proofs, "lease_token": self.lease_token, **changes}
        return post(f"/transfers/download/{self.transfer_id}/lease", body)

    def finish(self) -> HttpResponse:
        path = f"/transfers/download/{self.transfer_id}/finish"
        return post(path, {"lease_token": self.lease_token})

    def download(self) -> bytes:
        """All bytes under a lease, not finished."""
        status, body = fetch(self.lease().json()["url"])
        assert status == 200
        return body


def code_of(response: HttpResponse) -> tuple[int, str]:
    """Status and stable code of a refusal, whose shape is checked on the way."""
    body = response.json()
    assert isinstance(body["detail"], str), body
    assert body["detail"].endswith("."), body
    assert "Traceback" not in response.text
    return response.status_code, body["code"]

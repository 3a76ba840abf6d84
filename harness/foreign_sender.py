"""A sender that is not the page: the HTTP API with parts and manifest sealed elsewhere."""

import hashlib
import json
import os
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field

from harness.live_site import LiveSite
from sgraph_send.client import format

SealPart = Callable[[bytes, int, int, bytes], bytes]


@dataclass(frozen=True)
class Sent:
    """What a sender holds after sending; `key` is empty when it travels in the link."""

    link: str
    key: str
    manage_link: str

    @property
    def transfer_id(self) -> str:
        return self.manage_link.split("#")[0].rsplit("/", 1)[1]

    @property
    def secret_text(self) -> str:
        return self.key or self.link.split("#")[1]

    @property
    def owner_token_text(self) -> str:
        return self.manage_link.split("#")[1]


def call(url: str, method: str = "GET", body: object = None, **headers: str) -> dict:
    """One JSON call; `headers` with underscores for dashes. Raises HTTPError."""
    request = urllib.request.Request(
        url,
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Content-Type": "application/json"}
        | {name.replace("_", "-"): value for name, value in headers.items()},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


@dataclass
class ForeignSender:
    """Sends `files` (path → content) to a site; every random value is its own."""

    site: LiveSite
    files: dict[str, bytes]
    passphrase: str = ""
    seal_part: SealPart = format.seal_part
    secret: bytes = field(default_factory=lambda: os.urandom(32))
    owner_token: bytes = field(default_factory=lambda: os.urandom(32))
    transfer_id: str = ""

    def __post_init__(self) -> None:
        self.envelope_text = format.write_envelope(
            os.urandom(16), with_passphrase=bool(self.passphrase)
        )
        envelope = format.read_envelope(self.envelope_text)
        self.keys = format.derive_keys(self.secret, envelope, self.passphrase)
        self.stream = b"".join(self.files.values())
        self.manifest = format.Manifest(
            tuple(format.FileEntry(path, len(content)) for path, content in self.files.items())
        )

    def send(self, **limits: int | None) -> Sent:
        """Creates, uploads and completes; `limits` go to create as they are."""
        self.create(**limits)
        self.upload()
        self.complete()
        return self.sent

    def create(self, **limits: int | None) -> None:
        size = len(self.stream)
        answer = call(
            f"{self.site.url}/transfers/create",
            "POST",
            {
                "file_size_bytes": size,
                "payload_bytes": format.payload_length(size),
                "part_bytes": format.sealed_part_length(format.part_size_for(size)),
                "envelope": self.envelope_text,
                "link_proof_hash": _hash_b64u(self.keys.link_proof),
                "proof_hash": _hash_b64u(self.keys.proof),
                "owner_token_hash": _hash_b64u(self.owner_token),
                **limits,
            },
        )
        self.transfer_id = answer["transfer_id"]

    def upload(self) -> None:
        size, count = len(self.stream), format.part_count(len(self.stream))
        signed = self._as_owner("upload/{}/sign", {"parts": list(range(count))})["parts"]
        start = 0
        for index, part in enumerate(signed):
            end = start + format.part_length(size, index)
            sealed = self.seal_part(self.keys.content, index, count, self.stream[start:end])
            put(self.site.url, part["url"], sealed)
            start = end

    def complete(self) -> dict:
        sealed = format.seal_manifest(self.keys, self.envelope_text, self.manifest)
        return self._as_owner("complete/{}", {"manifest": format.encode_b64u(sealed)})

    @property
    def sent(self) -> Sent:
        link = format.transfer_link(self.site.url, self.transfer_id, self.secret)
        manage = format.manage_link(self.site.url, self.transfer_id, self.owner_token)
        return Sent(link=link, key="", manage_link=manage)

    def _as_owner(self, path: str, body: object) -> dict:
        url = f"{self.site.url}/transfers/{path.format(self.transfer_id)}"
        token = format.encode_b64u(self.owner_token)
        return call(url, "POST", body, x_sgraph_owner_token=token)


def put(origin: str, url: str, body: bytes) -> None:
    """PUTs a part; a path is taken on `origin`."""
    address = origin + url if url.startswith("/") else url
    request = urllib.request.Request(address, method="PUT", data=body, headers={"Content-Type": ""})
    with urllib.request.urlopen(request, timeout=60):
        pass


def _hash_b64u(value: bytes) -> str:
    return format.encode_b64u(hashlib.sha256(value).digest())

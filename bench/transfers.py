"""Transfers made and taken through the HTTP API, for the plain transfers beside the page's."""

import hashlib
import os
from dataclasses import dataclass

from harness.foreign_sender import call
from harness.live_site import LiveSite
from sgraph_send.client import format

SIGN_BATCH = 64


@dataclass(frozen=True)
class Part:
    """Where to PUT a part, and which bytes of the file stand in for it."""

    url: str
    start: int
    end: int


def parts_to_put(site: LiveSite, size_bytes: int) -> list[Part]:
    """A transfer of that size, created and signed; the lengths are those of sealed parts."""
    owner_token = os.urandom(32)
    transfer_id = _create(site, size_bytes, owner_token)
    count = format.part_count(size_bytes)
    found = []
    for first in range(0, count, SIGN_BATCH):
        indexes = list(range(first, min(count, first + SIGN_BATCH)))
        answer = call(
            f"{site.url}/transfers/upload/{transfer_id}/sign",
            "POST",
            {"parts": indexes},
            x_sgraph_owner_token=format.encode_b64u(owner_token),
        )
        found += [_part(size_bytes, signed) for signed in answer["parts"]]
    return found


def _part(size_bytes: int, signed: dict) -> Part:
    start = signed["index"] * format.part_size_for(size_bytes)
    end = min(size_bytes, start + signed["size_bytes"])
    return Part(signed["url"], end - signed["size_bytes"], end)


def _create(site: LiveSite, size_bytes: int, owner_token: bytes) -> str:
    def hash_of(value: bytes) -> str:
        return format.encode_b64u(hashlib.sha256(value).digest())

    body = {
        "file_size_bytes": size_bytes,
        "payload_bytes": format.payload_length(size_bytes),
        "part_bytes": format.sealed_part_length(format.part_size_for(size_bytes)),
        "envelope": format.write_envelope(os.urandom(16), with_passphrase=False),
        "link_proof_hash": hash_of(os.urandom(32)),
        "proof_hash": hash_of(os.urandom(32)),
        "owner_token_hash": hash_of(owner_token),
    }
    return call(f"{site.url}/transfers/create", "POST", body)["transfer_id"]


def transfer_id_of(link: str) -> str:
    return link.split("/d/")[1].split("#")[0]


def proofs_of(site: LiveSite, link: str) -> dict[str, str]:
    """What a recipient of the link proves to the server."""
    info = call(f"{site.url}/transfers/info/{transfer_id_of(link)}")
    envelope = format.read_envelope(info["envelope"])
    keys = format.derive_keys(format.read_key(link), envelope, "")
    return {
        "link_proof": format.encode_b64u(keys.link_proof),
        "proof": format.encode_b64u(keys.proof),
    }


def payload_url(site: LiveSite, link: str) -> str:
    """A signed address of the whole payload, under a lease of its own."""
    lease = call(
        f"{site.url}/transfers/download/{transfer_id_of(link)}/lease",
        "POST",
        proofs_of(site, link) | {"lease_token": format.encode_b64u(os.urandom(32))},
    )
    return lease["url"]


def sealed_ranges(size_bytes: int) -> list[dict[str, int]]:
    """The parts of the payload; `end` is the byte after the last."""
    starts = [
        format.sealed_part_offset(size_bytes, i) for i in range(format.part_count(size_bytes))
    ]
    ends = [*starts[1:], format.payload_length(size_bytes)]
    return [{"start": start, "end": end} for start, end in zip(starts, ends, strict=True)]

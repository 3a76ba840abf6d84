"""Whole sealed transfers over HTTP (docs/api.md): send, receive, delete."""

import hashlib
import io
import os
import time
from dataclasses import dataclass, field
from typing import Any

from sgraph_send.client.connection import CallFailed, Connection, Response
from sgraph_send.client.format import (
    KDF_SALT_BYTES,
    SECRET_BYTES,
    FileEntry,
    Manifest,
    TransferKeys,
    decode_b64u,
    derive_keys,
    encode_b64u,
    open_manifest,
    open_part,
    part_count,
    part_length,
    part_size_for,
    payload_length,
    read_envelope,
    seal_manifest,
    seal_part,
    sealed_part_length,
    sealed_part_offset,
    write_envelope,
)

OWNER_TOKEN_BYTES = LEASE_TOKEN_BYTES = 32
_STATUS_PARTIAL = 206


@dataclass(frozen=True)
class SentTransfer:
    """`secret` and `owner_token` are 32 bytes each: the first opens the transfer, the second
    deletes it."""

    transfer_id: str
    secret: bytes = field(repr=False)
    owner_token: bytes = field(repr=False)


@dataclass(frozen=True)
class Received:
    """The files in the order of the manifest, as path and content."""

    files: list[tuple[str, bytes]] = field(repr=False)


class Client:
    """Sends and receives in memory, so for small transfers. All methods raise CallFailed, `receive`
    also FormatError. `seconds` holds how long each step took the last time."""

    def __init__(self, connection: Connection, *, access_token: str = "") -> None:
        self.connection = connection
        self.seconds: dict[str, float] = {}
        self._access_token = access_token

    def send(
        self,
        files: list[tuple[str, bytes]],
        *,
        passphrase: str = "",
        expires_in_seconds: int | None = None,
        max_downloads: int | None = None,
    ) -> SentTransfer:
        """Create, encrypt, upload and complete; `files` are paths, already safe, and contents."""
        manifest = Manifest(tuple(FileEntry(path, len(data)) for path, data in files))
        secret, owner_token = os.urandom(SECRET_BYTES), os.urandom(OWNER_TOKEN_BYTES)
        envelope = write_envelope(os.urandom(KDF_SALT_BYTES), with_passphrase=bool(passphrase))
        keys = derive_keys(secret, read_envelope(envelope), passphrase)
        terms = {"expires_in_seconds": expires_in_seconds, "max_downloads": max_downloads}
        body = _creation(manifest, envelope, keys, owner_token) | {
            name: value for name, value in terms.items() if value is not None
        }
        created = self._call("create", "POST", "/transfers/create", body, **self._access())
        sent = SentTransfer(created["transfer_id"], secret, owner_token)
        self._upload(sent, keys, b"".join(data for _, data in files))
        sealed = seal_manifest(keys, envelope, manifest)
        self._call(
            "complete",
            "POST",
            f"/transfers/complete/{sent.transfer_id}",
            {"manifest": encode_b64u(sealed)},
            **self._owner(sent),
        )
        return sent

    def receive(self, transfer_id: str, secret: bytes, passphrase: str = "") -> Received:
        """Open the manifest, take one of the allowed downloads, read and verify all parts."""
        info = self._call("ask for the transfer", "GET", f"/transfers/info/{transfer_id}")
        envelope = info["envelope"]
        keys = derive_keys(secret, read_envelope(envelope), passphrase)
        proofs = {"link_proof": encode_b64u(keys.link_proof), "proof": encode_b64u(keys.proof)}
        path = f"/transfers/manifest/{transfer_id}"
        sealed = decode_b64u(self._call("read the manifest", "POST", path, proofs)["manifest"])
        manifest = open_manifest(keys, envelope, sealed, info["payload_bytes"])
        lease_token = encode_b64u(os.urandom(LEASE_TOKEN_BYTES))
        leased = self._call(
            "start the download",
            "POST",
            f"/transfers/download/{transfer_id}/lease",
            {**proofs, "lease_token": lease_token},
        )
        plain = self._download(leased["url"], keys, manifest.size)
        path = f"/transfers/download/{transfer_id}/finish"
        self._call("finish the download", "POST", path, {"lease_token": lease_token})
        stream = io.BytesIO(plain)
        return Received([(file.path, stream.read(file.size)) for file in manifest.files])

    def delete(self, transfer_id: str, owner_token: bytes) -> str:
        """The state after it: `deleted`, or `deleting` while the store does not answer."""
        path = f"/transfers/manage/{transfer_id}"
        token = encode_b64u(owner_token)
        answer = self._call("delete", "DELETE", path, x_sgraph_owner_token=token)
        return str(answer["state"])

    def _upload(self, sent: SentTransfer, keys: TransferKeys, plain: bytes) -> None:
        count, step = part_count(len(plain)), part_size_for(len(plain))
        for index in range(count):
            part = plain[index * step : index * step + part_length(len(plain), index)]
            signed = self._call(
                "sign",
                "POST",
                f"/transfers/upload/{sent.transfer_id}/sign",
                {"parts": [index]},
                **self._owner(sent),
            )
            sealed = seal_part(keys.content, index, count, part)
            headers = {"Content-Type": "application/octet-stream"}
            self._timed("upload", "PUT", signed["parts"][0]["url"], sealed, headers)

    def _download(self, url: str, keys: TransferKeys, size: int) -> bytes:
        count, opened = part_count(size), []
        for index in range(count):
            start = sealed_part_offset(size, index)
            length = sealed_part_length(part_length(size, index))
            headers = {"Range": f"bytes={start}-{start + length - 1}"}
            answer = self._timed("download", "GET", url, None, headers)
            if answer.status != _STATUS_PARTIAL or len(answer.body) != length:
                raise CallFailed("To download: other bytes than were asked for.", answer.status)
            opened.append(open_part(keys.content, index, count, answer.body))
        return b"".join(opened)

    def _call(
        self, step: str, method: str, path: str, body: object = None, **headers: str
    ) -> dict[str, Any]:
        started = time.monotonic()
        try:
            return self.connection.json(step, method, path, body, **headers)
        finally:
            self.seconds[step] = time.monotonic() - started

    def _timed(
        self, step: str, method: str, url: str, data: bytes | None, headers: dict[str, str]
    ) -> Response:
        started = time.monotonic()
        try:
            return self.connection.request(step, method, url, data, headers)
        finally:
            self.seconds[step] = time.monotonic() - started

    def _access(self) -> dict[str, str]:
        return {"x_sgraph_access_token": self._access_token}

    def _owner(self, sent: SentTransfer) -> dict[str, str]:
        return {"x_sgraph_owner_token": encode_b64u(sent.owner_token), **self._access()}


def _creation(
    manifest: Manifest, envelope: str, keys: TransferKeys, owner_token: bytes
) -> dict[str, object]:
    payload_bytes = payload_length(manifest.size)
    is_one = part_count(manifest.size) == 1
    whole_part_bytes = sealed_part_length(part_size_for(manifest.size))
    return {
        "file_size_bytes": manifest.size,
        "payload_bytes": payload_bytes,
        "part_bytes": payload_bytes if is_one else whole_part_bytes,
        "envelope": envelope,
        "link_proof_hash": _hash_text(keys.link_proof),
        "proof_hash": _hash_text(keys.proof),
        "owner_token_hash": _hash_text(owner_token),
    }


def _hash_text(secret: bytes) -> str:
    return encode_b64u(hashlib.sha256(secret).digest())

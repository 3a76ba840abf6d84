"""The encryption format, version 1 (docs/format.md), for clients in Python.

One name for each thing that a client needs; the modules beside this one hold them. It shares no
code with the browser's implementation in static/js/crypto: both run tests/vectors.
"""

from sgraph_send.client.encoding import decode_b64u, encode_b64u
from sgraph_send.client.envelope import (
    KDF_SALT_BYTES,
    Argon2idCosts,
    Envelope,
    read_envelope,
    write_envelope,
)
from sgraph_send.client.errors import DamagedError, FormatError, UnsupportedError, WrongKeyError
from sgraph_send.client.keys import SECRET_BYTES, TransferKeys, derive_keys
from sgraph_send.client.links import manage_link, read_key, transfer_link
from sgraph_send.client.manifest import open_manifest, seal_manifest
from sgraph_send.client.manifest_rules import TEXT_PATH, TEXT_TYPE, FileEntry, Manifest
from sgraph_send.client.parts import open_part, open_segments, seal_part, seal_segments
from sgraph_send.client.paths import check_paths, path_problem, safe_paths
from sgraph_send.client.sizes import (
    padme_padding,
    part_count,
    part_length,
    part_size_for,
    payload_length,
    sealed_part_length,
    sealed_part_offset,
)

__all__ = [
    "KDF_SALT_BYTES",
    "SECRET_BYTES",
    "TEXT_PATH",
    "TEXT_TYPE",
    "Argon2idCosts",
    "DamagedError",
    "Envelope",
    "FileEntry",
    "FormatError",
    "Manifest",
    "TransferKeys",
    "UnsupportedError",
    "WrongKeyError",
    "check_paths",
    "decode_b64u",
    "derive_keys",
    "encode_b64u",
    "manage_link",
    "open_manifest",
    "open_part",
    "open_segments",
    "padme_padding",
    "part_count",
    "part_length",
    "part_size_for",
    "path_problem",
    "payload_length",
    "read_envelope",
    "read_key",
    "safe_paths",
    "seal_manifest",
    "seal_part",
    "seal_segments",
    "sealed_part_length",
    "sealed_part_offset",
    "transfer_link",
    "write_envelope",
]

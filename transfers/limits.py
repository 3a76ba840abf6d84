"""Sizes, counts and the identifier alphabet (docs/format.md sections 3 to 5, docs/api.md)."""

import re
import string

TRANSFER_ID_ALPHABET = string.digits + string.ascii_letters
TRANSFER_ID_LENGTH = 22  # 22 of 62 letters: 130 random bits

SECRET_BYTES = 32
ENVELOPE_MAX_BYTES = 1024
MANIFEST_MAX_BYTES = 8 * 2**20
MANIFEST_MIN_BYTES = 32 + 12 + 4096 + 16
SEALED_MANIFEST_MAX_BYTES = MANIFEST_MAX_BYTES + 32 + 12 + 16
JSON_BODY_MAX_BYTES = 64 * 2**10
MANIFEST_BODY_MAX_BYTES = 12 * 2**20

SEGMENT_BYTES = 2**18
PART_HEADER_BYTES = 40
TAG_BYTES = 16
PARTS_MAX = 10_000
PART_MIN_BYTES = 5 * 2**20
PART_MAX_BYTES = 5 * 2**30
SIGN_BATCH_MAX = 64
MISSING_PARTS_SHOWN_MAX = 100
INTEGER_MAX = 2**53 - 1
DOWNLOADS_MAX = 100_000

PART_URL_SECONDS = 3600
DOWNLOAD_URL_SECONDS = 15 * 60
LEASE_SECONDS = 24 * 3600
LEASE_MAX_SECONDS = 72 * 3600
GONE_SECONDS = 30 * 86400
UPLOAD_MAX_SECONDS = 7 * 86400
DELETING_RETRY_SECONDS = 60

# As django-ratelimit reads them: 30/h, 5/10s.
RATE = re.compile(r"[1-9][0-9]{0,5}/([1-9][0-9]{0,4})?[smhd]")
# Calls of one address in a period, but of one access token for `token`; SGRAPH_SEND__RATES changes
# them.
RATE_RULES = {
    "create": "60/m",
    "token": "120/m",
    "access_failures": "30/m",
    "lease": "300/m",
    "link_failures": "60/m",
    "manage": "120/m",
    "owner_failures": "30/m",
    "report": "20/h",
    "waitlist": "20/h",
    "admin_login": "20/m",
}

EXPIRY_OPTIONS_SECONDS = (300, 3600, 86400, 7 * 86400, 30 * 86400)
DOWNLOADS_OPTIONS = (1, 5, 20, 100)
DOWNLOADS_DEFAULT = 5


def part_count(payload_bytes: int, part_bytes: int) -> int:
    """Number of parts of a payload of at least one byte."""
    return max(1, -(-payload_bytes // part_bytes))


def part_size_bytes(payload_bytes: int, part_bytes: int, index: int) -> int:
    """Ciphertext bytes of part `index` (from 0): all but the last are full."""
    return min(part_bytes, payload_bytes - index * part_bytes)


def plaintext_bytes(payload_bytes: int, part_bytes: int) -> int:
    """Plaintext bytes that a sealed payload of these lengths holds (docs/format.md section 4)."""
    last = part_count(payload_bytes, part_bytes) - 1
    last_bytes = part_size_bytes(payload_bytes, part_bytes, last)
    return last * _opened_bytes(part_bytes) + _opened_bytes(last_bytes)


def _opened_bytes(part_bytes: int) -> int:
    segments = -(-part_bytes // SEGMENT_BYTES)
    return max(0, part_bytes - PART_HEADER_BYTES - segments * TAG_BYTES)


def payload_limit_bytes(max_transfer_bytes: int) -> int:
    """The longest payload for the largest plaintext: tags and headers are below 1/1024."""
    return max_transfer_bytes + max_transfer_bytes // 1024 + 4096

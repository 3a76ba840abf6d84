"""The local store's presigned URLs: this server's own paths under an HMAC."""

import time
from urllib.parse import urlencode

from django.utils.crypto import salted_hmac

from transfers.tokens import same_text

PREFIX = "/transfers/local"


def signed(path: str, seconds: int, **claims: int) -> str:
    """`path` with its end of life, its claims and their signature in the query."""
    claims["until"] = int(time.time()) + seconds
    return f"{path}?{urlencode({**claims, 'signature': _signature(path, claims)})}"


def part_path(transfer_id: str, upload_id: str, index: int) -> str:
    return f"{PREFIX}/{transfer_id}/{upload_id}/parts/{index}"


def payload_path(transfer_id: str) -> str:
    return f"{PREFIX}/{transfer_id}/payload"


def is_valid(path: str, signature: str, **claims: int) -> bool:
    """Whether we signed exactly this path and these claims, and `until` is still ahead."""
    right = same_text(signature, _signature(path, claims))
    return right and claims["until"] >= time.time()


def _signature(path: str, claims: dict[str, int]) -> str:
    text = "\n".join([path, *(f"{name}={claims[name]}" for name in sorted(claims))])
    return salted_hmac("transfers.stores.local_urls", text, algorithm="sha256").hexdigest()

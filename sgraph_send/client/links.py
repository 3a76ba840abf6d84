"""Links and keys in the forms that people send: docs/format.md section 1."""

import re

from sgraph_send.client.encoding import decode_b64u, encode_b64u
from sgraph_send.client.errors import DamagedError, WrongKeyError
from sgraph_send.client.keys import SECRET_BYTES

# A manage link must not be taken for one with a key: the owner token follows its #.
_KEY_OR_LINK = re.compile(r"(?:\S*/d/[0-9A-Za-z]{22}[^#\s]*#|#)?([0-9A-Za-z_-]{43})")


def transfer_link(origin: str, transfer_id: str, secret: bytes | None = None) -> str:
    """The link to send: with `secret` the one-link form, without it the two-channel form."""
    link = f"{origin}/d/{transfer_id}"
    return link if secret is None else f"{link}#{encode_b64u(secret)}"


def manage_link(origin: str, transfer_id: str, owner_token: bytes) -> str:
    """The sender's own link; `owner_token` is 32 bytes."""
    return f"{origin}/manage/{transfer_id}#{encode_b64u(owner_token)}"


def read_key(text: str) -> bytes:
    """The secret from a bare key, `#` and the key, or a whole link; white space around it is
    ignored.

    Raises WrongKeyError when it is none of them.
    """
    match = _KEY_OR_LINK.fullmatch(text.strip())
    if match is None:
        raise WrongKeyError("This is neither a key nor a link with a key.")
    try:
        return decode_b64u(match[1], SECRET_BYTES)
    except DamagedError:
        raise WrongKeyError("This key is not complete.") from None

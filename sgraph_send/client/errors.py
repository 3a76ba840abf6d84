"""Errors of the encryption format (docs/format.md section 8)."""


class FormatError(Exception):
    """Base class of the format's errors; `code` is stable and the same in every implementation."""

    code: str


class WrongKeyError(FormatError):
    """The key or the passphrase does not belong to this transfer."""

    code = "wrong_key"


class DamagedError(FormatError):
    """Bytes that no honest writer produces: changed, cut, mixed up or hostile."""

    code = "damaged"


class UnsupportedError(FormatError):
    """Well-formed, but of a version or with costs that this client refuses."""

    code = "unsupported"

"""The end of the certificate that an address shows."""

import socket
import ssl
from urllib.parse import urlsplit

from cryptography import x509

from sgraph_send.client.connection import CallFailed

CONNECT_SECONDS = 10


def certificate_ends_at(origin: str) -> float | None:
    """In Unix time; None for an address without TLS. Raises CallFailed when there is no answer.

    The certificate is not verified: an expired one has an end as well.
    """
    parts = urlsplit(origin)
    if parts.scheme != "https":
        return None
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    address = (parts.hostname or "", parts.port or 443)
    try:
        with (
            socket.create_connection(address, timeout=CONNECT_SECONDS) as plain,
            unverified.wrap_socket(plain, server_hostname=parts.hostname) as secured,
        ):
            encoded = secured.getpeercert(binary_form=True)
    except OSError as failure:
        raise CallFailed(
            f"To read the certificate: no connection ({type(failure).__name__})."
        ) from None
    return x509.load_der_x509_certificate(encoded or b"").not_valid_after_utc.timestamp()

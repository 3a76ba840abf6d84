"""nginx in front of a site, as operators put it: TLS, and what it tells of the visitor."""

import datetime
import ssl
import urllib.request
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from harness.observatory.installation import nginx_path
from harness.ports import free_port
from harness.process import ChildProcess

_CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/nginx.pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{http_port};
    listen 127.0.0.1:{https_port} ssl;
    ssl_certificate {folder}/site.pem; ssl_certificate_key {folder}/site.key;
    location / {{
      proxy_pass {upstream};
      proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Proto $scheme;
    }}
  }}
}}
"""
_USAGES = (
    "digital_signature",
    "content_commitment",
    "key_encipherment",
    "data_encipherment",
    "key_agreement",
    "key_cert_sign",
    "crl_sign",
    "encipher_only",
    "decipher_only",
)


class TlsProxy:
    """Listens on localhost in the clear and with TLS, by a certificate authority of its own."""

    def __init__(self, folder: Path) -> None:
        self.http_port, self.https_port = free_port(), free_port()
        self.ca_path = folder / "ca.pem"
        self._folder = folder
        self._child: ChildProcess | None = None
        _write_certificates(folder)

    @property
    def url(self) -> str:
        return f"https://localhost:{self.https_port}"

    def start(self, upstream: str) -> None:
        """Begins to pass requests on to `upstream`."""
        configuration = self._folder / "nginx.conf"
        ports = {"http_port": self.http_port, "https_port": self.https_port}
        configuration.write_text(
            _CONFIGURATION.format(folder=self._folder, upstream=upstream, **ports)
        )
        command = [nginx_path(), "-c", str(configuration), "-p", str(self._folder), "-e", "stderr"]
        self._child = ChildProcess(command, log_path=self._folder / "nginx.log")
        self._child.wait_ready(lambda: self.get("/info/health").status == 200)

    def get(self, path: str):
        """The answer over TLS, whose certificate is checked."""
        context = ssl.create_default_context(cafile=str(self.ca_path))
        return urllib.request.urlopen(self.url + path, timeout=20, context=context)

    def stop(self) -> None:
        if self._child:
            self._child.stop()


def _write_certificates(folder: Path) -> None:
    authority, site = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    names = [
        x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        for name in ("tests' own authority", "localhost")
    ]
    root = _certificate(names[0], names[0], authority, authority, is_authority=True)
    leaf = _certificate(names[1], names[0], site, authority, is_authority=False)
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(root.public_bytes(pem))
    (folder / "site.pem").write_bytes(leaf.public_bytes(pem))
    plain = serialization.NoEncryption()
    key = site.private_bytes(pem, serialization.PrivateFormat.PKCS8, plain)
    (folder / "site.key").write_bytes(key)


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    key: ec.EllipticCurvePrivateKey,
    signer: ec.EllipticCurvePrivateKey,
    *,
    is_authority: bool,
) -> x509.Certificate:
    """With all that a strict reader asks for (RFC 5280 section 4.2)."""
    now = datetime.datetime.now(datetime.UTC)
    usage = dict.fromkeys(_USAGES, False) | {
        "key_cert_sign" if is_authority else "digital_signature": True
    }
    extensions = [
        (x509.BasicConstraints(ca=is_authority, path_length=None), True),
        (x509.KeyUsage(**usage), True),
        (x509.SubjectAlternativeName([x509.DNSName("localhost")]), False),
        (x509.SubjectKeyIdentifier.from_public_key(key.public_key()), False),
        (x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), False),
    ]
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=30))
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return builder.sign(signer, hashes.SHA256())

"""Create a certificate authority and the certificates it signs, for servers on this machine and their tests."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from deploy.local.server import HOST

_LIFE = timedelta(days=30)


def make_certificates(folder: Path, clients: Sequence[str] = ()) -> Path:
    """Write ``ca.pem`` and ``broker.pem`` (key and certificate for this machine); return the folder.

    Each of ``clients`` gets ``<name>.pem`` and ``<name>-key.pem``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    authority = _Authority()
    (folder / "ca.pem").write_bytes(authority.certificate.public_bytes(Encoding.PEM))
    (folder / "broker.pem").write_bytes(b"".join(authority.issue("broker")))
    for name in clients:
        key, certificate = authority.issue(name)
        (folder / f"{name}-key.pem").write_bytes(key)
        (folder / f"{name}.pem").write_bytes(certificate)
    return folder


class _Authority:
    """A certificate authority whose key exists in this object only."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name("local authority")
        builder = _builder(self._name, self._name, self._key.public_key())
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        self.certificate = builder.sign(self._key, hashes.SHA256())

    def issue(self, name: str) -> tuple[bytes, bytes]:
        """Return a new key and its certificate, as PEM; the certificate is for this machine too."""
        key = ec.generate_private_key(ec.SECP256R1())
        here = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))])
        builder = _builder(_name(name), self._name, key.public_key()).add_extension(here, critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return private, certificate.public_bytes(Encoding.PEM)


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _builder(subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(subject).issuer_name(issuer).public_key(key)
    builder = builder.serial_number(x509.random_serial_number())
    return builder.not_valid_before(now - timedelta(hours=1)).not_valid_after(now + _LIFE)

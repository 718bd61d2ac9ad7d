"""How clients connect to Kafka: in plain text, over TLS, or over TLS with a user and password (SCRAM).

The names on the right are kafka-python's; producers, consumers, readers and admin clients all take them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Security = Literal["plaintext", "tls", "sasl_tls"]

_PROTOCOLS: Mapping[Security, str] = {"plaintext": "PLAINTEXT", "tls": "SSL", "sasl_tls": "SASL_SSL"}
_MECHANISM = "SCRAM-SHA-512"


@dataclass(frozen=True, kw_only=True)
class KafkaSecurity:
    """The settings of a connection; empty texts are not given.

    ``ca_file`` holds the certificates of the authorities that signed the brokers' ones (empty: those of the system);
    ``certificate_file`` and ``key_file`` are the client's own, for ``tls``; all are paths of PEM files.
    """

    security: Security = "plaintext"
    ca_file: str = ""
    certificate_file: str = ""
    key_file: str = ""
    user: str = ""
    password: str = field(default="", repr=False)

    def faults(self) -> list[str]:
        """Return what is missing or contradicts itself, in sentences that begin with the name of a setting."""
        faults = []
        if bool(self.certificate_file) != bool(self.key_file):
            faults.append("KAFKA_CERTIFICATE_FILE and KAFKA_KEY_FILE belong together: give both or neither")
        if self.security == "sasl_tls" and not (self.user and self.password):
            faults.append("KAFKA_SECURITY sasl_tls needs KAFKA_USER and KAFKA_PASSWORD")
        if self.security != "sasl_tls" and (self.user or self.password):
            faults.append(f"KAFKA_SECURITY {self.security} would not use KAFKA_USER and KAFKA_PASSWORD")
        if self.security == "plaintext" and (self.ca_file or self.certificate_file):
            faults.append("KAFKA_SECURITY plaintext would not use KAFKA_CA_FILE and KAFKA_CERTIFICATE_FILE")
        return faults

    def client_settings(self) -> Mapping[str, object]:
        """Return the settings for every client of kafka-python; the name of the host is always checked over TLS."""
        given = {
            "security_protocol": _PROTOCOLS[self.security],
            "ssl_cafile": self.ca_file,
            "ssl_certfile": self.certificate_file,
            "ssl_keyfile": self.key_file,
            "sasl_mechanism": _MECHANISM if self.security == "sasl_tls" else "",
            "sasl_plain_username": self.user,
            "sasl_plain_password": self.password,
        }
        return {name: value for name, value in given.items() if value}

"""The settings of profiles, read from the environment by ``services.chassis.service.settings``."""

import base64
import binascii
from dataclasses import dataclass

from services.chassis.identity.access_tokens import read_private_key
from services.chassis.identity.encryption import read_keys
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY, ServiceSettings
from services.chassis.service.settings import each_of, flag, number, rate, rotating_secret, secret

# These keys are public: fine on a developer's machine, refused in production.
_DEVELOPMENT_CONTACT_KEYS = '{"dev": "Y2Fpcm4gZGV2ZWxvcG1lbnQgY29udGFjdCBrZXkuLi4="}'
_DEVELOPMENT_INDEX_KEY = "Y2Fpcm4gZGV2ZWxvcG1lbnQgaW5kZXgga2V5Li4uLi4="

_WITH_PEOPLE = ("api", "worker", "consumer", "scheduler")  # the roles that read and write people


def read_index_key(text: str) -> bytes:
    """Return a key of the blind index from base64 of at least 32 bytes; raise ValueError without showing the key."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        raise ValueError("is not base64") from None
    if len(raw) < 32:
        raise ValueError(f"has {len(raw)} bytes, at least 32 are needed")
    return raw


@dataclass(frozen=True, kw_only=True)
class Settings(ServiceSettings):
    """The settings of profiles beyond those of every service."""

    token_private_key: str = secret(development=DEVELOPMENT_PRIVATE_KEY, check=read_private_key, roles={"api"})
    contact_keys: str = secret(development=_DEVELOPMENT_CONTACT_KEYS, check=read_keys, roles=_WITH_PEOPLE)
    index_key: str = rotating_secret(development=_DEVELOPMENT_INDEX_KEY, check=read_index_key, roles=_WITH_PEOPLE)
    sign_up_limit: str = rate("30 per minute")
    session_days: int = number(30, least=1, most=365)
    link_minutes: int = number(30, least=5, most=24 * 60)
    youth_track: bool = flag(False)  # whether people under 18 may join, with a guardian's consent

    @property
    def index_keys(self) -> tuple[bytes, ...]:
        """Return the keys of the blind index, the current one first."""
        return tuple(read_index_key(key) for key in each_of(self.index_key))

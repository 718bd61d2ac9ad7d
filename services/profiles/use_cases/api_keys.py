"""API keys: create, list and revoke them, and exchange one for an access token."""

import hmac
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.chassis.core.errors import Forbidden, NotFound, SignInNeeded
from services.chassis.i18n.sentence import Sentence
from services.chassis.identity.access_tokens import LIFE
from services.chassis.identity.credentials import credential, hash_secret, new_secret, split_credential
from services.chassis.identity.principal import Principal
from services.events.permissions import services_of
from services.profiles.domain.api_key import ApiKey
from services.profiles.ports import Resources
from services.profiles.use_cases.sessions import record_ended

PREFIX = "cairn_"


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """A new key, and the only time that its text is shown."""

    key: ApiKey
    text: str


@dataclass(frozen=True, kw_only=True)
class KeyToken:
    """An access token for a system."""

    access_token: str
    token_expires_at: datetime
    permissions: frozenset[str]


def create_key(
    resources: Resources, caller: Principal, *, name: str, permissions: Collection[str], days: int, reason: str | None
) -> NewKey:
    """Create a key; it has no permission that its creator lacks, and no larger part of the programme."""
    if not set(permissions) <= caller.permissions:
        raise Forbidden("beyond_your_own", Sentence("You can only give a key permissions that you have yourself."))
    secret = new_secret()
    with resources.begin() as store:
        key = ApiKey(
            id=resources.new_id(),
            programme_id=caller.programme,
            name=name,
            permissions=frozenset(permissions),
            part=caller.part,
            secret_hash=hash_secret(secret),
            created_at=store.now,
            created_by=caller.scope,
            expires_at=store.now + timedelta(days=days),
        )
        store.api_keys.add(key)
        detail = {"permissions": sorted(key.permissions), "days": days}
        store.audit("key.created", key.id, by=caller.scope, reason=reason, detail=detail)
        return NewKey(key=key, text=credential(PREFIX, key.id, secret))


def list_keys(resources: Resources, caller: Principal) -> Sequence[ApiKey]:
    """Return the programme's keys, newest first, revoked and expired ones too."""
    with resources.begin(read_only=True) as store:
        return store.api_keys.of(caller.programme)


def revoke_key(resources: Resources, caller: Principal, key_id: str, *, reason: str | None = None) -> None:
    """Revoke a key and the access tokens it got; raise NotFound for an unknown one."""
    with resources.begin() as store:
        key = store.api_keys.get(key_id, to_change=True)
        if key is None or key.programme_id != caller.programme:
            raise NotFound("key_not_found", Sentence("There is no API key with this id."))
        if key.revoked_at is None:
            store.api_keys.save(replace(key, revoked_at=store.now))
            record_ended(store, key.programme_id, key.id, [key.id])
            store.audit("key.revoked", key.id, by=caller.scope, reason=reason)


def exchange_key(resources: Resources, text: str) -> KeyToken:
    """Return an access token for a key; raise SignInNeeded for one that is wrong, expired or revoked."""
    key_id, secret = split_credential(PREFIX, text) or ("", "")
    with resources.begin() as store:
        key = store.api_keys.get(key_id, to_change=True)
        genuine = key is not None and hmac.compare_digest(key.secret_hash, hash_secret(secret))
        if key is None or not genuine or not key.is_valid(store.now):
            raise SignInNeeded(
                "key_not_valid", Sentence("This API key isn't valid. Please ask the programme for a new one.")
            )
        store.api_keys.save(replace(key, last_used_at=store.now))
        until = min(store.now + LIFE, key.expires_at)
        principal = Principal(
            "key", key.id, key.programme_id, permissions=key.permissions, part=key.part, session=key.id
        )
        token = resources.tokens.issue(principal, ttl=until - store.now, audience=services_of(key.permissions))
        return KeyToken(access_token=token, token_expires_at=until.replace(microsecond=0), permissions=key.permissions)

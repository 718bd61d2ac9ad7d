"""Access tokens for tests, signed with the development key: of people, of staff, of systems."""

from __future__ import annotations

import uuid
from datetime import timedelta

from services.chassis.core.clock import Clock
from services.chassis.identity.access_tokens import TokenIssuer
from services.chassis.identity.principal import Principal
from services.chassis.service.service_settings import DEVELOPMENT_PRIVATE_KEY
from services.events.permissions import PERMISSIONS, SERVICES

PROGRAMME = "cairn"
STAFF_ID = "staff-1"
SHOP = "shop:manage"  # the permission of the small app in the chassis' tests


def token_of(
    principal: Principal,
    *,
    clock: Clock | None = None,
    ttl: timedelta = timedelta(hours=1),
    key: str = DEVELOPMENT_PRIVATE_KEY,
) -> str:
    """Return a token for any caller; one without a session gets a session of its own."""
    issuer = TokenIssuer(key, audience=(*SERVICES, "shop"), clock=clock)
    session = principal.session or str(uuid.uuid4())
    values = {name: getattr(principal, name) for name in principal.__slots__}
    return issuer.issue(Principal(**(values | {"session": session})), ttl=ttl)


def person_token(
    person_id: str, programme: str = PROGRAMME, *, clock: Clock | None = None, key: str = DEVELOPMENT_PRIVATE_KEY
) -> str:
    """Return the token of a person."""
    return token_of(Principal("person", person_id, programme, ("mentee", "mentor")), clock=clock, key=key)


def staff_token(
    *permissions: str,
    programme: str = PROGRAMME,
    clock: Clock | None = None,
    key: str = DEVELOPMENT_PRIVATE_KEY,
) -> str:
    """Return the token of a member of staff, with every permission unless some are given."""
    allowed = frozenset(permissions or (*PERMISSIONS, SHOP))
    return token_of(Principal("staff", STAFF_ID, programme, permissions=allowed), clock=clock, key=key)


def bearer(token: str) -> dict[str, str]:
    """Return the header that sends a token."""
    return {"Authorization": f"Bearer {token}"}

"""What staff and systems may do: permissions, the service that each one opens, and the roles that have them.

A route names one permission; staff have those of their roles, an API key those that were chosen for it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

PROFILES, MATCHER, NOTIFICATIONS = SERVICES = ("profiles", "matcher", "notifications")


@dataclass(frozen=True, slots=True)
class Permission:
    """What a permission opens, and in which services."""

    about: str
    services: tuple[str, ...]


PERMISSIONS: Mapping[str, Permission] = {
    "sign-up": Permission("sign people up whose address the caller has proved", (PROFILES,)),
    "people:read": Permission("read records, consents and preferences, list mentors", (PROFILES, NOTIFICATIONS)),
    "people:write": Permission("change records, breaks and preferences, withdraw consents", (PROFILES, NOTIFICATIONS)),
    "people:approve": Permission("approve mentors, or withdraw the approval", (PROFILES,)),
    "people:export": Permission("export all data of a person", (PROFILES,)),
    "people:erase": Permission("erase a person on their request", (PROFILES,)),
    "matches:read": Permission("read matches, waits and their explanations", (MATCHER,)),
    "matches:decide": Permission("end matches, pin and block pairs", (MATCHER,)),
    "notes:read": Permission("read the notes that people wrote when they said no", (MATCHER,)),
    "rounds:read": Permission("read rounds and check them", (MATCHER,)),
    "rounds:run": Permission("start, cancel, release and drop rounds", (MATCHER,)),
    "weights:read": Permission("read the weights and their history", (MATCHER,)),
    "weights:edit": Permission("draft weights and try them", (MATCHER,)),
    "weights:publish": Permission("publish weights", (MATCHER,)),
    "reports:read": Permission("read figures of the programme", (MATCHER, NOTIFICATIONS)),
    "deliveries:read": Permission("read which messages were sent, without their content", (NOTIFICATIONS,)),
    "metrics:read": Permission("read the services' metrics", SERVICES),
    "audit:read": Permission("read the audit log", SERVICES),
    "staff:manage": Permission("invite, change and end staff accounts", (PROFILES,)),
    "keys:manage": Permission("create and revoke API keys", (PROFILES,)),
}
"""Every permission by name."""

_READER = frozenset({"rounds:read", "weights:read", "reports:read"})
_WEIGHTS_EDITOR = _READER | {"weights:edit", "weights:publish"}
_COORDINATOR = _READER | {
    "people:read",
    "people:write",
    "people:approve",
    "people:erase",
    "matches:read",
    "matches:decide",
    "rounds:run",
    "weights:edit",
    "deliveries:read",
}
_SAFEGUARDING_LEAD = _READER | {
    "people:read",
    "people:export",
    "matches:read",
    "matches:decide",
    "notes:read",
    "audit:read",
}

ROLES: Mapping[str, frozenset[str]] = {
    "reader": _READER,
    "clinician": _READER | {"sign-up"},
    "weights_editor": _WEIGHTS_EDITOR,
    "coordinator": _COORDINATOR,
    "safeguarding_lead": _SAFEGUARDING_LEAD,
    "owner": frozenset(PERMISSIONS),
}
"""The permissions of each role of staff."""


def permissions_of(roles: Iterable[str]) -> frozenset[str]:
    """Return the permissions of all these roles together; unknown roles have none."""
    return frozenset().union(*(ROLES.get(role, frozenset()) for role in roles))


def services_of(permissions: Iterable[str]) -> tuple[str, ...]:
    """Return the services in which these permissions open anything, in a fixed order."""
    opened = {service for name in permissions if name in PERMISSIONS for service in PERMISSIONS[name].services}
    return tuple(service for service in SERVICES if service in opened)

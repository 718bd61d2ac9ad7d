"""``ops api-keys``: create, list and revoke API keys where nobody can sign in yet, such as on a new installation."""

import argparse
from collections.abc import Callable
from typing import Any

from services.chassis.core.errors import NotFound
from services.chassis.identity.principal import Principal
from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import format_time, print_error, print_line, print_table
from services.events.permissions import PERMISSIONS, ROLES, permissions_of
from services.profiles.domain.api_key import LONGEST_DAYS
from services.profiles.ports import Resources
from services.profiles.use_cases.api_keys import create_key, list_keys, revoke_key


def api_keys_group(open_resources: Callable[[Any], Resources]) -> OpsGroup:
    """Return the commands about API keys; ``open_resources`` takes the parts of the service."""

    def create(operator: Operator, options: Options) -> int:
        return _create(open_resources(operator.parts), options)

    def listed(operator: Operator, options: Options) -> int:
        del options
        return _list(open_resources(operator.parts))

    def revoke(operator: Operator, options: Options) -> int:
        return _revoke(open_resources(operator.parts), options)

    return OpsGroup(
        "api-keys",
        "the keys of the programme's own systems",
        (
            OpsCommand("create", "create a key and print it, this once", create, _create_options),
            OpsCommand("list", "list all keys", listed),
            OpsCommand("revoke", "revoke a key and its access tokens", revoke, _revoke_options),
        ),
    )


def _create(resources: Resources, options: Options) -> int:
    operator = _operator(resources)
    new = create_key(
        resources,
        operator,
        name=options.name,
        permissions=permissions_of(options.role) | set(options.permission) or set(PERMISSIONS),
        days=options.days,
        reason=options.reason,
    )
    if options.replace:
        for key in list_keys(resources, operator):
            if key.name == options.name and key.id != new.key.id and key.revoked_at is None:
                revoke_key(resources, operator, key.id, reason=options.reason)
    print_line(new.text)
    return 0


def _list(resources: Resources) -> int:
    rows = [
        (
            key.id,
            key.name,
            format_time(key.expires_at),
            format_time(key.last_used_at) or "never used",
            format_time(key.revoked_at),
            " ".join(sorted(key.permissions)),
        )
        for key in list_keys(resources, _operator(resources))
    ]
    print_table([("id", "name", "expires", "last use", "revoked", "permissions"), *rows])
    return 0


def _revoke(resources: Resources, options: Options) -> int:
    try:
        revoke_key(resources, _operator(resources), options.id, reason=options.reason)
    except NotFound as refusal:
        return print_error(refusal.detail)
    print_line(f"{options.id} is revoked.")
    return 0


def _operator(resources: Resources) -> Principal:
    """Return the operator at the machine, who may do everything."""
    return Principal("staff", BY, resources.rules.programme, permissions=frozenset(PERMISSIONS))


def _create_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--name", required=True, help="what will use the key; no names of people")
    parser.add_argument(
        "--permission",
        action="append",
        default=[],
        choices=sorted(PERMISSIONS),
        metavar="NAME",
        help="a permission, may be repeated; all of them by default",
    )
    parser.add_argument(
        "--role", action="append", default=[], choices=sorted(ROLES), metavar="NAME", help="the permissions of a role"
    )
    parser.add_argument("--days", type=int, default=90, choices=range(1, LONGEST_DAYS + 1), metavar="N", help="90")
    parser.add_argument("--replace", action="store_true", help="revoke other keys of this name")
    reason_option(parser)


def _revoke_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="the key's id")
    reason_option(parser)

"""``ops people`` of services that store people whom another service publishes: request all of them again."""

from __future__ import annotations

from collections.abc import Callable

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import print_line


def people_group(request_again: Callable[..., None], *more: OpsCommand) -> OpsGroup:
    """Return the commands about people: ``request``, and ``more`` of the service.

    ``request_again`` is its use case ``(uow, programme_id, by=..., reason=...)``, which writes the audit row.
    """

    def request(operator: Operator, options: Options) -> int:
        programme = operator.parts.settings.programme
        request_again(operator.uow, programme, by=BY, reason=options.reason)
        print_line(f"Requested: profiles publishes everyone of {programme} again.")
        return 0

    about = "let profiles publish all people and erasures again"
    command = OpsCommand("request", about, request, reason_option)
    return OpsGroup("people", "the people of the programme", (command, *more))

"""``ops outbox``: events that wait for the relay."""

from __future__ import annotations

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import counted, format_time, print_line


def _status(operator: Operator, options: Options) -> int:
    del options
    waiting, oldest = operator.unpublished()
    since = f", the oldest since {format_time(oldest)}" if oldest else ""
    of = operator.group
    print_line(f"{counted(waiting, f'event of {of} waits', f'events of {of} wait')} for the relay{since}.")
    return 0


GROUP = OpsGroup(
    "outbox", "events that wait for the relay", (OpsCommand("status", "count the unpublished events", _status),)
)

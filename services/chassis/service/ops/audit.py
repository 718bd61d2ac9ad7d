"""``ops audit``: the audit chain."""

from __future__ import annotations

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import counted, print_error, print_line


def _verify(operator: Operator, options: Options) -> int:
    del options
    rows, faults = operator.verify_audit()
    for fault in faults:
        print_error(fault)
    if faults:
        return print_error(
            f"The audit of {operator.group} is not what was written: {counted(len(faults), 'fault', 'faults')}."
        )
    print_line(f"The audit of {operator.group} is whole: {counted(rows, 'row', 'rows')}.")
    return 0


GROUP = OpsGroup(
    "audit", "the audit chain", (OpsCommand("verify", "check each row against the row before it", _verify),)
)

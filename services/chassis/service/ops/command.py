"""Run one command of ``ops``. Exit codes: 0 done, 1 at least one item is unchanged or at fault, 2 wrong arguments."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence

from services.chassis.broker.protocol import BrokerUnavailable
from services.chassis.service.ops import audit, consumer, dead_letters, jobs, outbox
from services.chassis.service.ops.group import OpsGroup
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import print_error
from services.chassis.storage.database import transient_of

_GROUPS = (dead_letters.GROUP, consumer.GROUP, jobs.GROUP, outbox.GROUP, audit.GROUP)


def run_ops(
    name: str, open_operator: Callable[[], Operator], arguments: Sequence[str], more: Sequence[OpsGroup] = ()
) -> int:
    """Run one command; return the exit code. ``open_operator`` is called only after the arguments are checked.

    ``more`` are the groups of this service beside the common ones.
    """
    options = _parser(name, [*_GROUPS, *more]).parse_args(arguments)
    try:
        code: int = options.run(open_operator(), options)
    except BrokerUnavailable as away:
        return print_error(f"The broker does not answer: {away}")
    except Exception as error:
        if transient_of(error) is None:
            raise
        return print_error("The database does not answer; please try again in a moment.")
    return code


def _parser(name: str, groups: Sequence[OpsGroup]) -> argparse.ArgumentParser:
    about = f"Look at what {name} put aside, and let it go on. Needs the environment of the service."
    parser = argparse.ArgumentParser(prog=f"python -m services.{name} ops", description=about)
    names = parser.add_subparsers(required=True, metavar=" | ".join(group.name for group in groups))
    for group in groups:
        commands = names.add_parser(group.name, help=group.about).add_subparsers(required=True)
        for command in group.commands:
            options = commands.add_parser(command.name, help=command.about, description=command.about)
            options.set_defaults(run=command.run)
            command.add_options(options)
    return parser

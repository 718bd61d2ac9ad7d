"""``ops`` of profiles: what a restore from a backup needs, and another key for the blind index."""

import argparse
import sys
from collections.abc import Callable, Iterator
from typing import Any

from services.chassis.core.errors import NotFound
from services.chassis.identity.principal import Principal
from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import BY, Operator
from services.chassis.service.ops.output import counted, print_error, print_line
from services.profiles.ports import Resources
from services.profiles.use_cases.erase_person import erase_person
from services.profiles.use_cases.raise_versions import raise_versions

OpenResources = Callable[[Any], Resources]


def people_group(open_resources: OpenResources) -> OpsGroup:
    """Return the commands about people; ``open_resources`` takes the parts of the service."""

    def erase(operator: Operator, options: Options) -> int:
        return _erase(open_resources(operator.parts), options)

    def raise_all(operator: Operator, options: Options) -> int:
        count = raise_versions(open_resources(operator.parts), options.by, actor=BY, reason=options.reason)
        print_line(f"{counted(count, 'person has a version', 'people have versions')} higher by {options.by}.")
        return 0

    return OpsGroup(
        "people",
        "the people of the programme",
        (
            OpsCommand("erase", "erase people by id", erase, _erase_options),
            OpsCommand("raise-versions", "let restored people count as newer than what was published", raise_all, _by),
        ),
    )


REINDEX = OpsCommand(
    "reindex",
    "store the blind index of every address with the current INDEX_KEY",
    lambda operator, options: _reindex(operator, options.reason),
    reason_option,
)


def _reindex(operator: Operator, reason: str | None) -> int:
    """Re-index a hundred people in one transaction, with its audit row, until all are done."""
    last_id: str | None = ""
    changed, doubled = 0, 0
    while last_id is not None:
        with operator.uow.begin() as store:
            step = store.people.reindex(last_id, 100)
            if step.changed:
                store.audit("reindex", "people", by=BY, reason=reason, detail={"rows": step.changed})
        last_id, changed, doubled = step.last_id, changed + step.changed, doubled + len(step.doubled)
        for person_id in step.doubled:
            print_error(f"{person_id} has the address of another person and stays as it was.")
    print_line(f"{changed} addresses indexed again with the current key.")
    return 1 if doubled else 0


def _erase(resources: Resources, options: Options) -> int:
    caller = Principal("staff", BY, resources.rules.programme)
    erased = unknown = 0
    for person_id in _ids(options.ids):
        try:
            erase_person(resources, person_id, caller, options.reason)
            erased += 1
        except NotFound:
            unknown += 1
            print_error(f"{person_id} is not known here.")
    print_line(f"{counted(erased, 'person is', 'people are')} erased, {counted(unknown, 'is', 'are')} not known here.")
    return 0


def _ids(given: list[str]) -> Iterator[str]:
    for person_id in sys.stdin if given == ["-"] else given:
        if person_id.strip():
            yield person_id.strip()


def _erase_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", nargs="+", metavar="ID", help="the person's id; a single - reads ids from the input")
    reason_option(parser)


def _by(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--by", type=int, default=1000, choices=range(1, 100_001), metavar="N", help="1000 by default")
    reason_option(parser)

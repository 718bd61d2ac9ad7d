"""``ops consumer``: partitions in alarm."""

from __future__ import annotations

import argparse

from services.chassis.broker.protocol import TopicPartition
from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import Operator
from services.chassis.service.ops.output import format_time, print_line, print_table
from services.chassis.storage.partition_alarms import PartitionState


def _status(operator: Operator, options: Options) -> int:
    del options
    states = operator.partitions()
    if not states:
        print_line(f"No partition of {operator.group} stands in alarm, and none gave dead letters last.")
        return 0
    print_table([("partition", "dead in a row", "state"), *(_partition_row(state) for state in states)])
    return 0


def _resume(operator: Operator, options: Options) -> int:
    alarms = [state.place for state in operator.partitions() if state.alarm_at is not None]
    chosen = [place for place in alarms if _is_selected(place, options)]
    if not chosen:
        print_line(f"No partition of {operator.group} {'that you named ' if alarms else ''}stands in alarm.")
        return 0
    for place in chosen:
        if operator.resume(place, options.allow, options.reason):
            print_line(f"{place.topic}/{place.partition} goes on within seconds.")
    return 0


def _is_selected(place: TopicPartition, options: Options) -> bool:
    return options.topic in {None, place.topic} and options.partition in {None, place.partition}


def _partition_row(state: PartitionState) -> tuple[str, ...]:
    where = f"{state.place.topic}/{state.place.partition}"
    if state.alarm_at is None:
        return where, str(state.dead_in_a_row), "goes on"
    alarm = f"stands at {state.alarm_offset} since {format_time(state.alarm_at)}: {state.alarm_error}"
    return where, str(state.dead_in_a_row), alarm


def _resume_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", help="only partitions of this topic")
    parser.add_argument("--partition", type=int, help="only the partition with this number")
    parser.add_argument("--allow", type=int, metavar="N", help="put up to N bad records in a row aside from now on")
    reason_option(parser)


GROUP = OpsGroup(
    "consumer",
    "partitions in alarm",
    (
        OpsCommand("status", "show the partitions that gave dead letters last", _status),
        OpsCommand("resume", "let partitions in alarm go on", _resume, _resume_options),
    ),
)

"""The command ``python -m services.<name> ops …``: dead letters and alarms on the command line.

Exit codes: 0 done, 1 at least one item is unchanged, 2 wrong arguments.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from services.chassis.broker.protocol import BrokerUnavailable, TopicPartition
from services.chassis.service.operator import LOST, Operator
from services.chassis.storage.database import transient_of
from services.chassis.storage.dead_letters import Letter, Wanted, read_place
from services.chassis.storage.partition_alarms import PartitionState

_OUTCOMES = {
    "handled": "took effect",
    "repeated": "had taken effect already",
    "unknown": "nobody here handles this type any more",
    "gone": "is no dead letter any more",
    LOST: "is gone from its topic: drop the letter; facts about people come again with a replay (docs/operations.md)",
}
_Options = argparse.Namespace


def run_ops(name: str, open_operator: Callable[[], Operator], arguments: Sequence[str]) -> int:
    """Run one command; return the exit code. ``open_operator`` is called only after the arguments are checked."""
    options = _parser(name).parse_args(arguments)
    try:
        code: int = options.do(open_operator(), options)
    except BrokerUnavailable as away:
        return _print_error(f"The broker does not answer: {away}")
    except Exception as error:
        if transient_of(error) is None:
            raise
        return _print_error("The database does not answer; please try again in a moment.")
    return code


def _list(operator: Operator, options: _Options) -> int:
    letters = operator.letters(_filter(options))
    if not letters:
        _print_line(f"No dead letters in {operator.group}.")
        return 0
    header = ("place", "when", "error", "field", "type", "seen")
    _print_table([header, *(_letter_row(letter) for letter in letters)])
    return 0


def _show(operator: Operator, options: _Options) -> int:
    letters = operator.letters(read_place(options.place))
    if not letters:
        return _print_error(f"{options.place} is no dead letter of {operator.group}.")
    letter = letters[0]
    in_topic = "yes" if operator.is_in_topic(letter) else "no: it cannot be redriven"
    rows = {
        "place": letter.place,
        "event id": letter.event_id or "(not readable)",
        "type": letter.type or "(not readable)",
        "error": letter.error,
        "field": letter.field or "",
        "put aside": _format_time(letter.at),
        "seen": _format_time(letter.seen_at),
        "still in its topic": in_topic,
    }
    _print_table(list(rows.items()))
    return 0


def _redrive(operator: Operator, options: _Options) -> int:
    letters = _selected_letters(operator, options)
    remaining = 0
    for result in operator.redrive(letters, options.reason):
        _print_line(f"{result.letter.place}  {_OUTCOMES.get(result.outcome) or f'still goes wrong: {result.error}'}")
        remaining += result.letter_remains
    _print_line(f"{len(letters) - remaining} of {len(letters)} redriven, {remaining} left as they were.")
    return 1 if remaining else 0


def _drop(operator: Operator, options: _Options) -> int:
    letters = _selected_letters(operator, options)
    dropped = sum(operator.drop(letter, options.reason) for letter in letters)
    _print_line(f"{dropped} of {len(letters)} dropped.")
    return 0


def _status(operator: Operator, options: _Options) -> int:
    del options
    states = operator.partitions()
    if not states:
        _print_line(f"No partition of {operator.group} stands in alarm, and none gave dead letters last.")
        return 0
    _print_table([("partition", "dead in a row", "state"), *(_partition_row(state) for state in states)])
    return 0


def _resume(operator: Operator, options: _Options) -> int:
    alarms = [state.place for state in operator.partitions() if state.alarm_at is not None]
    chosen = [place for place in alarms if _is_selected(place, options)]
    if not chosen:
        _print_line(f"No partition of {operator.group} {'that you named ' if alarms else ''}stands in alarm.")
        return 0
    for place in chosen:
        if operator.resume(place, options.allow, options.reason):
            _print_line(f"{place.topic}/{place.partition} goes on within seconds.")
    return 0


def _selected_letters(operator: Operator, options: _Options) -> list[Letter]:
    """Return the letters named by place, or all that match the filters."""
    if not options.places:
        return list(operator.letters(_filter(options)))
    return [letter for place in options.places for letter in operator.letters(read_place(place))]


def _filter(options: _Options) -> Wanted:
    return Wanted(options.topic, options.partition, None, options.error, options.type)


def _is_selected(place: TopicPartition, options: _Options) -> bool:
    return options.topic in {None, place.topic} and options.partition in {None, place.partition}


def _letter_row(letter: Letter) -> tuple[str, ...]:
    seen = _format_time(letter.seen_at)
    return letter.place, _format_time(letter.at), letter.error, letter.field or "", letter.type or "", seen


def _partition_row(state: PartitionState) -> tuple[str, ...]:
    where = f"{state.place.topic}/{state.place.partition}"
    if state.alarm_at is None:
        return where, str(state.dead_in_a_row), "goes on"
    alarm = f"stands at {state.alarm_offset} since {_format_time(state.alarm_at)}: {state.alarm_error}"
    return where, str(state.dead_in_a_row), alarm


def _format_time(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _print_table(rows: Sequence[Iterable[str]]) -> None:
    cells = [list(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        _print_line("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _print_line(line: str) -> None:
    sys.stdout.write(line + "\n")


def _print_error(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


def _place_argument(text: str) -> str:
    try:
        read_place(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
    return text


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name} ops", description=_description(name))
    groups = parser.add_subparsers(required=True, metavar="dead-letters | consumer")
    letters = groups.add_parser("dead-letters", help="records that were put aside").add_subparsers(required=True)
    _add_command(letters, "list", _list, "list the dead letters", _filter_options)
    _add_command(
        letters, "show", _show, "show one dead letter", lambda to: to.add_argument("place", type=_place_argument)
    )
    _add_command(
        letters,
        "redrive",
        _redrive,
        "read records from their topics again and let them take effect",
        _selection_options,
    )
    _add_command(letters, "drop", _drop, "remove dead letters; their events never take effect", _selection_options)
    consumer = groups.add_parser("consumer", help="partitions in alarm").add_subparsers(required=True)
    _add_command(consumer, "status", _status, "show the partitions that gave dead letters last", lambda _: None)
    _add_command(consumer, "resume", _resume, "let partitions in alarm go on", _resume_options)
    return parser


def _description(name: str) -> str:
    return f"Look at the records that {name} put aside, and let it go on. Needs the environment of the service."


def _add_command(
    to: argparse._SubParsersAction[argparse.ArgumentParser],
    word: str,
    do: Callable[[Operator, _Options], int],
    about: str,
    fill: Callable[[argparse.ArgumentParser], object],
) -> None:
    parser = to.add_parser(word, help=about, description=about)
    parser.set_defaults(do=do)
    fill(parser)


def _filter_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic")
    parser.add_argument("--partition", type=int)
    parser.add_argument("--error", help="the class of the error")
    parser.add_argument("--type", help="the type of the event")


def _selection_options(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument(
        "places", nargs="*", default=[], type=_place_argument, metavar="PLACE", help="topic/partition/offset"
    )
    which.add_argument("--all", action="store_true", help="all that the filters below let through")
    _filter_options(parser)
    _reason_option(parser)


def _resume_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", help="only partitions of this topic")
    parser.add_argument("--partition", type=int, help="only the partition with this number")
    parser.add_argument("--allow", type=int, metavar="N", help="put up to N bad records in a row aside from now on")
    _reason_option(parser)


def _reason_option(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", help="why, for the audit (no names, nothing personal)")

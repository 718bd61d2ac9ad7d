"""`python -m services.<name> ops …`: what an operator types about dead letters and alarms.

Exit codes: 0 done, 1 something is left as it was, 2 wrong words.
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
    """Run one command; returns the exit code. `open_operator` is called only when the words are right."""
    options = _parser(name).parse_args(arguments)
    try:
        code: int = options.do(open_operator(), options)
    except BrokerUnavailable as away:
        return _say_no(f"The broker does not answer: {away}")
    except Exception as error:
        if transient_of(error) is None:
            raise
        return _say_no("The database does not answer; please try again in a moment.")
    return code


def _list(operator: Operator, options: _Options) -> int:
    letters = operator.letters(_wanted(options))
    if not letters:
        _say(f"No dead letters in {operator.group}.")
        return 0
    head = ("place", "when", "error", "field", "type", "seen")
    _print_table([head, *(_row(letter) for letter in letters)])
    return 0


def _show(operator: Operator, options: _Options) -> int:
    letters = operator.letters(read_place(options.place))
    if not letters:
        return _say_no(f"{options.place} is no dead letter of {operator.group}.")
    letter = letters[0]
    kept = "yes" if operator.is_kept(letter) else "no: it cannot be redriven"
    facts = {
        "place": letter.place,
        "event id": letter.event_id or "(not readable)",
        "type": letter.type or "(not readable)",
        "error": letter.error,
        "field": letter.field or "",
        "put aside": _moment(letter.at),
        "seen": _moment(letter.seen_at),
        "still in its topic": kept,
    }
    _print_table(list(facts.items()))
    return 0


def _redrive(operator: Operator, options: _Options) -> int:
    letters = _chosen(operator, options)
    left = 0
    for result in operator.redrive(letters, options.reason):
        _say(f"{result.letter.place}  {_OUTCOMES.get(result.outcome) or f'still goes wrong: {result.error}'}")
        left += result.stays
    _say(f"{len(letters) - left} of {len(letters)} redriven, {left} left as they were.")
    return 1 if left else 0


def _drop(operator: Operator, options: _Options) -> int:
    letters = _chosen(operator, options)
    dropped = sum(operator.drop(letter, options.reason) for letter in letters)
    _say(f"{dropped} of {len(letters)} dropped.")
    return 0


def _status(operator: Operator, options: _Options) -> int:
    del options
    states = operator.partitions()
    if not states:
        _say(f"No partition of {operator.group} stands in alarm, and none gave dead letters last.")
        return 0
    _print_table([("partition", "dead in a row", "state"), *(_standing(state) for state in states)])
    return 0


def _resume(operator: Operator, options: _Options) -> int:
    alarms = [state.place for state in operator.partitions() if state.alarm_at is not None]
    chosen = [place for place in alarms if _fits(place, options)]
    if not chosen:
        _say(f"No partition of {operator.group} {'that you named ' if alarms else ''}stands in alarm.")
        return 0
    for place in chosen:
        if operator.resume(place, options.allow, options.reason):
            _say(f"{place.topic}/{place.partition} goes on within seconds.")
    return 0


def _chosen(operator: Operator, options: _Options) -> list[Letter]:
    """Return the letters named by place, or all that the filters let through."""
    if not options.places:
        return list(operator.letters(_wanted(options)))
    return [letter for place in options.places for letter in operator.letters(read_place(place))]


def _wanted(options: _Options) -> Wanted:
    return Wanted(options.topic, options.partition, None, options.error, options.type)


def _fits(place: TopicPartition, options: _Options) -> bool:
    return options.topic in {None, place.topic} and options.partition in {None, place.partition}


def _row(letter: Letter) -> tuple[str, ...]:
    seen = _moment(letter.seen_at)
    return letter.place, _moment(letter.at), letter.error, letter.field or "", letter.type or "", seen


def _standing(state: PartitionState) -> tuple[str, ...]:
    where = f"{state.place.topic}/{state.place.partition}"
    if state.alarm_at is None:
        return where, str(state.dead_in_a_row), "goes on"
    said = f"stands at {state.alarm_offset} since {_moment(state.alarm_at)}: {state.alarm_error}"
    return where, str(state.dead_in_a_row), said


def _moment(at: datetime | None) -> str:
    return "" if at is None else at.strftime("%Y-%m-%d %H:%M:%S UTC")


def _print_table(rows: Sequence[Iterable[str]]) -> None:
    cells = [list(row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))]
    for row in cells:
        _say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")


def _say_no(sentence: str) -> int:
    sys.stderr.write(sentence + "\n")
    return 1


def _place(text: str) -> str:
    try:
        read_place(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
    return text


def _parser(name: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog=f"python -m services.{name} ops", description=_about(name))
    things = parser.add_subparsers(required=True, metavar="dead-letters | consumer")
    letters = things.add_parser("dead-letters", help="records that were put aside").add_subparsers(required=True)
    _add(letters, "list", _list, "list the dead letters", _filters)
    _add(letters, "show", _show, "show one dead letter", lambda to: to.add_argument("place", type=_place))
    _add(letters, "redrive", _redrive, "read records from their topics again and let them take effect", _choice)
    _add(letters, "drop", _drop, "remove dead letters; their events never take effect", _choice)
    consumer = things.add_parser("consumer", help="partitions in alarm").add_subparsers(required=True)
    _add(consumer, "status", _status, "show the partitions that gave dead letters last", lambda _: None)
    _add(consumer, "resume", _resume, "let partitions in alarm go on", _where_to_resume)
    return parser


def _about(name: str) -> str:
    return f"Look at the records that {name} put aside, and let it go on. Needs the environment of the service."


def _add(
    to: argparse._SubParsersAction[argparse.ArgumentParser],
    word: str,
    do: Callable[[Operator, _Options], int],
    about: str,
    fill: Callable[[argparse.ArgumentParser], object],
) -> None:
    parser = to.add_parser(word, help=about, description=about)
    parser.set_defaults(do=do)
    fill(parser)


def _filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic")
    parser.add_argument("--partition", type=int)
    parser.add_argument("--error", help="the class of the error")
    parser.add_argument("--type", help="the type of the event")


def _choice(parser: argparse.ArgumentParser) -> None:
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("places", nargs="*", default=[], type=_place, metavar="PLACE", help="topic/partition/offset")
    which.add_argument("--all", action="store_true", help="all that the filters below let through")
    _filters(parser)
    _reason(parser)


def _where_to_resume(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--topic", help="only partitions of this topic")
    parser.add_argument("--partition", type=int, help="only the partition with this number")
    parser.add_argument("--allow", type=int, metavar="N", help="put up to N bad records in a row aside from now on")
    _reason(parser)


def _reason(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--reason", help="why, for the audit (no names, nothing personal)")

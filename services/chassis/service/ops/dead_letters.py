"""``ops dead-letters``: records that the consumer put aside."""

from __future__ import annotations

import argparse

from services.chassis.service.ops.group import OpsCommand, OpsGroup, Options, reason_option
from services.chassis.service.ops.operator import LOST, Operator
from services.chassis.service.ops.output import format_time, print_error, print_line, print_table
from services.chassis.storage.dead_letters import Letter, Wanted, read_place

_OUTCOMES = {
    "handled": "took effect",
    "repeated": "had taken effect already",
    "unknown": "nobody here handles this type any more",
    "gone": "is no dead letter any more",
    LOST: "is gone from its topic: drop the letter; facts about people come again with a replay (docs/operations.md)",
}


def _list(operator: Operator, options: Options) -> int:
    letters = operator.letters(_filter(options))
    if not letters:
        print_line(f"No dead letters in {operator.group}.")
        return 0
    header = ("place", "when", "error", "field", "type", "seen")
    print_table([header, *(_letter_row(letter) for letter in letters)])
    return 0


def _show(operator: Operator, options: Options) -> int:
    letters = operator.letters(read_place(options.place))
    if not letters:
        return print_error(f"{options.place} is no dead letter of {operator.group}.")
    letter = letters[0]
    in_topic = "yes" if operator.is_in_topic(letter) else "no: it cannot be redriven"
    rows = {
        "place": letter.place,
        "event id": letter.event_id or "(not readable)",
        "type": letter.type or "(not readable)",
        "error": letter.error,
        "field": letter.field or "",
        "put aside": format_time(letter.at),
        "seen": format_time(letter.seen_at),
        "still in its topic": in_topic,
    }
    print_table(list(rows.items()))
    return 0


def _redrive(operator: Operator, options: Options) -> int:
    letters = _selected_letters(operator, options)
    remaining = 0
    for result in operator.redrive(letters, options.reason):
        print_line(f"{result.letter.place}  {_OUTCOMES.get(result.outcome) or f'still goes wrong: {result.error}'}")
        remaining += result.letter_remains
    print_line(f"{len(letters) - remaining} of {len(letters)} redriven, {remaining} left as they were.")
    return 1 if remaining else 0


def _drop(operator: Operator, options: Options) -> int:
    letters = _selected_letters(operator, options)
    dropped = sum(operator.drop(letter, options.reason) for letter in letters)
    print_line(f"{dropped} of {len(letters)} dropped.")
    return 0


def _selected_letters(operator: Operator, options: Options) -> list[Letter]:
    """Return the letters named by place, or all that match the filters."""
    if not options.places:
        return list(operator.letters(_filter(options)))
    return [letter for place in options.places for letter in operator.letters(read_place(place))]


def _filter(options: Options) -> Wanted:
    return Wanted(options.topic, options.partition, None, options.error, options.type)


def _letter_row(letter: Letter) -> tuple[str, ...]:
    seen = format_time(letter.seen_at)
    return letter.place, format_time(letter.at), letter.error, letter.field or "", letter.type or "", seen


def _place_argument(text: str) -> str:
    try:
        read_place(text)
    except ValueError as fault:
        raise argparse.ArgumentTypeError(str(fault)) from None
    return text


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
    reason_option(parser)


def _show_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("place", type=_place_argument)


GROUP = OpsGroup(
    "dead-letters",
    "records that were put aside",
    (
        OpsCommand("list", "list the dead letters", _list, _filter_options),
        OpsCommand("show", "show one dead letter", _show, _show_options),
        OpsCommand(
            "redrive", "read records from their topics again and let them take effect", _redrive, _selection_options
        ),
        OpsCommand("drop", "remove dead letters; their events never take effect", _drop, _selection_options),
    ),
)

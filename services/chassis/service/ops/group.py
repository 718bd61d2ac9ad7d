"""A group of operators' commands, such as ``dead-letters``, with its commands and their options."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from services.chassis.service.ops.operator import Operator

Options = argparse.Namespace


def no_options(parser: argparse.ArgumentParser) -> None:
    """Add no option."""
    del parser


def reason_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--reason``, for commands that write an audit row."""
    parser.add_argument("--reason", help="why, for the audit (no names, nothing personal)")


@dataclass(frozen=True, slots=True)
class OpsCommand:
    """A command: ``run`` prints its result and returns the exit code; ``add_options`` fills its parser."""

    name: str
    about: str
    run: Callable[[Operator, Options], int]
    add_options: Callable[[argparse.ArgumentParser], object] = no_options


@dataclass(frozen=True, slots=True)
class OpsGroup:
    """The commands about one thing; ``about`` names the thing."""

    name: str
    about: str
    commands: tuple[OpsCommand, ...]

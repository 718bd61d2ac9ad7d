"""How long a round takes from the tables to the offers made, part by part.

    python -m bench.rounds --sizes 1000x400,5000x1500 --out bench/results/rounds.json

A seeded programme is put into a database through the real adapters, then rounds run over it as the worker runs them.
Every repetition has a database of its own; wall and processor seconds are medians, and the JSON keeps the raw ones.
`rolling` is the round after the first: a few newcomers among all who still wait.
"""

import argparse
import json
import os
import platform
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from deploy.demo.facts import pool_of
from deploy.demo.population import programme
from services.chassis.database import open_engine
from services.chassis.migrations import migrate
from services.chassis.unit_of_work import UnitOfWork
from services.matcher.adapters.store import MatcherStore
from services.matcher.bootstrap import SERVICE
from services.matcher.domain.compiled.build import build
from services.matcher.domain.member import Member
from services.matcher.domain.round import run as deciding
from services.matcher.domain.round import run_round as decide
from services.matcher.domain.round import settle as settling
from services.matcher.domain.terms import Terms
from services.matcher.use_cases import run_round as conducting

PROGRAMME = "cairn"
AT = datetime(2025, 6, 2, 12, tzinfo=UTC)
T = TypeVar("T")
Spent = dict[str, list[float]]

# What is timed inside a round: the name in the table, and the function as its caller knows it.
PARTS: tuple[tuple[str, Any, str], ...] = (
    ("read snapshot", conducting, "_begin"),
    ("decide", conducting, "_decided"),
    ("- features", settling, "build"),
    ("- solve", settling, "assign"),
    ("- reasons", deciding, "_proposals"),
    ("- waiting", deciding, "_unmatched"),
    ("apply", conducting, "apply_round"),
)

"""What the benchmarks' command lines share: a seed, repetitions, and a file for the raw numbers."""

import argparse
import json
from pathlib import Path
from typing import Any


def parser(about: str | None, *, repeat: int | None = None) -> argparse.ArgumentParser:
    """Return a parser with ``--seed``, ``--out`` and, where there is a number of repetitions, ``--repeat``."""
    shared = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    if repeat is not None:
        shared.add_argument("--repeat", type=int, default=repeat)
    shared.add_argument("--seed", type=int, default=1)
    shared.add_argument("--out", type=Path, help="the raw numbers, as JSON")
    return shared


def write_out(out: Path | None, content: Any) -> None:
    """Write the raw numbers of a benchmark as JSON, if a file was named."""
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(content, indent=1))

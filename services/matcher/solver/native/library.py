"""Find and load the compiled core; log once when it is not built.

The file name carries a hash of the C sources, so a library built from other sources is never loaded. A source tree
has the library in ``build/kernel``; an installed package has it next to this module or, where that folder is not
writable, in the user's cache.
"""

import ctypes
import hashlib
import logging
import os
import sysconfig
from functools import cache
from pathlib import Path

from ..errors import SolverError

SOLVER = Path(__file__).resolve().parent.parent
BESIDE = Path(__file__).resolve().parent
ROOT = SOLVER.parents[2]  # the source tree, or the folder of installed packages
BUILD = ROOT / "build" / "kernel"


class NativeLibrary(ctypes.CDLL):
    """The loaded library; its functions return int64_t."""

    _func_restype_ = ctypes.c_int64


logger = logging.getLogger(__name__)


def sources() -> list[Path]:
    """Return the C files of the solver, in a fixed order."""
    return sorted(SOLVER.glob("*/*.c"))


def file_name() -> str:
    """Return the file name of the library built from the present sources on this platform."""
    digest = hashlib.sha256()
    for path in sorted([*sources(), *SOLVER.glob("*/*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"cairn-kernel-{sysconfig.get_platform()}-{digest.hexdigest()[:12]}.so"


def folders() -> list[Path]:
    """Return the folders to search for the library; it is built in the first that is writable."""
    installed = any(ROOT.glob("cairn-*.dist-info"))
    return [BESIDE, *_cache()] if installed else [BUILD, BESIDE]


def _cache() -> list[Path]:
    """Return the folder in the user's cache, or nothing for an account without a home."""
    try:
        return [Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cairn"]
    except RuntimeError:
        return []


@cache
def loaded() -> NativeLibrary | None:
    """Return the library, or None after one log line; searched once per process."""
    name = file_name()
    for folder in folders():
        try:
            return NativeLibrary(str(folder / name))
        except OSError:
            continue
    logger.info("compiled matching core not built; the plain one gives the same pairs, more slowly")
    return None


def available() -> bool:
    """Return whether the compiled core is built from the present sources and loads."""
    return loaded() is not None


def core(wanted: bool | None) -> NativeLibrary | None:
    """Return the library to use, or None for the Python twin; raise if it is required (True) but not built."""
    if wanted is False:
        return None
    library = loaded()
    if wanted and library is None:
        raise SolverError("the compiled core is not built: python -m services.matcher.solver.native.build")
    return library

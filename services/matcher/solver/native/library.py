"""Find and load the compiled core; say once when it is not there.

The file name carries a hash of the C sources, so a library built from other sources is never loaded. A source tree
keeps the library in ``build/kernel``; an installed package next to this module or, where that folder cannot be written,
in the cache of the user's account.
"""

import ctypes
import hashlib
import logging
import os
import sysconfig
from functools import cache
from pathlib import Path

from ..errors import MatchingError

KERNEL = Path(__file__).resolve().parent.parent
BESIDE = Path(__file__).resolve().parent
ROOT = KERNEL.parents[2]  # the source tree, or the folder of installed packages
BUILD = ROOT / "build" / "kernel"


class NativeLibrary(ctypes.CDLL):
    """The loaded library; its functions return int64_t."""

    _func_restype_ = ctypes.c_int64


logger = logging.getLogger(__name__)


def sources() -> list[Path]:
    """Return the C files of the kernel, in a fixed order."""
    return sorted(KERNEL.glob("*/*.c"))


def file_name() -> str:
    """Return the name the library has when built from today's sources on this platform."""
    digest = hashlib.sha256()
    for path in sorted([*sources(), *KERNEL.glob("*/*.h")]):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"cairn-kernel-{sysconfig.get_platform()}-{digest.hexdigest()[:12]}.so"


def folders() -> list[Path]:
    """Return where the library is looked for, and built: the first that can be written."""
    installed = any(ROOT.glob("cairn-*.dist-info"))
    return [BESIDE, *_cache()] if installed else [BUILD, BESIDE]


def _cache() -> list[Path]:
    """Return the folder in the user's cache, or none for an account without a home."""
    try:
        return [Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cairn"]
    except RuntimeError:
        return []


@cache
def loaded() -> NativeLibrary | None:
    """Return the library, or None after one log line; asked of the disk once per process."""
    name = file_name()
    for folder in folders():
        try:
            return NativeLibrary(str(folder / name))
        except OSError:
            continue
    logger.info("compiled matching core not built; the plain one gives the same pairs, more slowly")
    return None


def available() -> bool:
    """Whether the compiled core is built from today's sources and loads."""
    return loaded() is not None


def core(wanted: bool | None) -> NativeLibrary | None:
    """Return the library to use: None for the plain twin; raise when it is required (True) but not built."""
    if wanted is False:
        return None
    library = loaded()
    if wanted and library is None:
        raise MatchingError("the compiled core is not built: python -m services.matcher.solver.native.build")
    return library

"""Build the compiled core: `python -m services.matcher.domain.compiled.build [folder]`.

Plain C99, no machine flags, no dependency. Without a C compiler this says so and succeeds: the plain twin serves.
"""

import os
import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from services.matcher.domain.compiled.loading import BUILD, file_name, sources


def compiler() -> list[str] | None:
    """Return the command of a C compiler on this machine, or None."""
    for command in (sysconfig.get_config_var("CC") or "", "cc", "gcc", "clang"):
        words = shlex.split(command)
        if words and shutil.which(words[0]):
            return words[:1]
    return None


def build(folder: Path = BUILD) -> Path | None:
    """Compile into `folder` unless it is there already; return the file, or None without a compiler.

    The file appears whole or not at all, so two builds at once do no harm.
    """
    target = folder / file_name()
    if target.exists():
        return target
    command = compiler()
    if command is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as room:
        made = Path(room) / "core.so"
        flags = ["-std=c99", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra"]
        subprocess.run([*command, *flags, "-o", str(made), *map(str, sources())], check=True)  # noqa: S603 - the machine's own compiler on our own files
        os.replace(made, target)
    return target


def main(arguments: list[str]) -> int:
    """Build, and say in one line what happened."""
    made = build(*(Path(argument) for argument in arguments[:1]))
    sys.stdout.write(f"compiled matching core: {made or 'no C compiler here; the plain twin serves'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

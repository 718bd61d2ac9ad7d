"""Build the compiled core: `python -m services.matcher.solver.native.build [folder]`.

Plain C99, no machine flags, no dependency. Without a C compiler this says so and succeeds: the plain twin serves.
"""

import shlex
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from . import library
from .library import file_name, sources


def compiler() -> list[str] | None:
    """Return the command of a C compiler on this machine, or None."""
    for command in (sysconfig.get_config_var("CC") or "", "cc", "gcc", "clang"):
        words = shlex.split(command)
        if words and shutil.which(words[0]):
            return words[:1]
    return None


def build(*folders: Path) -> Path | None:
    """Compile unless it is done; return the file, or None without a compiler or a folder that can be written.

    ``folders`` stand in for those where the library is looked for. The file appears whole or not at all, so two builds
    at once do no harm. Raises ``CalledProcessError`` when the compiler fails.
    """
    command, targets = compiler(), [folder / file_name() for folder in folders or library.folders()]
    for target in targets:
        if target.exists():
            return target
    if command is None:
        return None
    for target in targets:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            room = tempfile.TemporaryDirectory(dir=target.parent)
        except OSError:
            continue
        with room:
            return _compiled(command, Path(room.name) / "core.so", target)
    return None


def _compiled(command: list[str], made: Path, target: Path) -> Path:
    flags = ["-std=c99", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra"]
    subprocess.run([*command, *flags, "-o", str(made), *map(str, sources())], check=True)  # noqa: S603 - the machine's own compiler on our own files
    made.replace(target)
    return target


def main(arguments: list[str]) -> int:
    """Build, and say in one line what happened; 1 when the compiler fails."""
    folders = [Path(argument) for argument in arguments[:1]]
    try:
        made = build(*folders)
    except subprocess.CalledProcessError:
        sys.stderr.write("compiled matching core: the C compiler failed; the plain twin serves\n")
        return 1
    nowhere = f"no folder can be written ({', '.join(map(str, folders or library.folders()))})"
    why_not = "no C compiler here" if compiler() is None else nowhere
    sys.stdout.write(f"compiled matching core: {made or f'{why_not}; the plain twin serves'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

"""Build the compiled core: ``python -m services.matcher.solver.native.build [folder]``.

Plain C99, no machine flags, no dependencies. Without a C compiler the command succeeds with a message, and the Python
twin is used.
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
    """Return the command of a C compiler, or None."""
    for command in (sysconfig.get_config_var("CC") or "", "cc", "gcc", "clang"):
        words = shlex.split(command)
        if words and shutil.which(words[0]):
            return words[:1]
    return None


def build(*folders: Path) -> Path | None:
    """Compile the library unless it exists; return its path, or None without a compiler or a writable folder.

    ``folders`` replace the default ones (``library.folders``). The file is renamed into place, so concurrent builds are
    safe. Raises ``CalledProcessError`` when the compiler fails.
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
            temporary = tempfile.TemporaryDirectory(dir=target.parent)
        except OSError:
            continue
        with temporary:
            return _compile(command, Path(temporary.name) / "core.so", target)
    return None


def _compile(command: list[str], built: Path, target: Path) -> Path:
    flags = ["-std=c99", "-O3", "-fPIC", "-shared", "-Wall", "-Wextra"]
    subprocess.run([*command, *flags, "-o", str(built), *map(str, sources())], check=True)  # noqa: S603 - the machine's own compiler on our own files
    built.replace(target)
    return target


def main(arguments: list[str]) -> int:
    """Build and print the result in one line; return 1 when the compiler fails."""
    folders = [Path(argument) for argument in arguments[:1]]
    try:
        built = build(*folders)
    except subprocess.CalledProcessError:
        sys.stderr.write("compiled matching core: the C compiler failed; the plain twin serves\n")
        return 1
    not_writable = f"no folder can be written ({', '.join(map(str, folders or library.folders()))})"
    reason = "no C compiler here" if compiler() is None else not_writable
    sys.stdout.write(f"compiled matching core: {built or f'{reason}; the plain twin serves'}\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))

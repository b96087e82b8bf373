"""What every script that builds a bundled data set does with its command line."""

import sys
from collections.abc import Callable
from pathlib import Path

from core.lab.errors import GlasshouseError, InputError


def command(arguments: list[str], build: Callable[[Path], object], takes: str) -> int:
    """Call ``build`` with the only argument; return the exit status, with one sentence on stderr where it is not 0.

    Args:
        arguments: Those of the command line.
        build: Writes the data set from a file or a folder.
        takes: What the argument is, for the sentence.
    """
    try:
        if len(arguments) != 1:
            raise InputError(f"the command takes {takes}, got {len(arguments)} arguments.")
        build(Path(arguments[0]))
    except GlasshouseError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0

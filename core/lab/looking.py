"""A look at a file that somebody brings, in a process of its own with little time and memory: whatever the file does, the server lives.

What it finds comes back as one line of JSON; the process is ``core.subjects.looked``, which knows every reader of the house.
"""

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from core.lab import access
from core.lab.errors import InputError
from core.lab.experiment import ROOT

MODULE = "core.subjects.looked"
SECONDS, BYTES = 30, 3 << 30
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
GAVE_UP = (f"an upload must be read within {SECONDS} seconds and {BYTES >> 30} GB of memory, got one that needs more, or that ends the "
           "reader: use less of it.")


def look(kind: str, path: Path, name: str) -> dict[str, Any]:
    """Return what was read of a file.

    Args:
        kind: What stands before it in settings.
        path: Where it lies.
        name: What messages call it.

    Raises:
        InputError: If no reader of the house takes it, or it needs more time or memory.
    """
    command = [sys.executable, "-P", "-m", MODULE, kind, str(path)]
    paths = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    known = {name: value for name, value in os.environ.items() if name != access.FOR}  # it reads a path of ours, for no visitor
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              env={**known, **SINGLE, "PYTHONPATH": paths}, timeout=2 * SECONDS, check=False)
        answer = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        raise InputError(GAVE_UP) from None
    if "refused" in answer:
        inside = str(path.with_suffix("")) + "/"  # where an archive was unpacked
        raise InputError(answer["refused"].replace(str(path), name).replace(inside, f"{name}/").replace(path.name, name))
    return answer


def limit(n_bytes: int, seconds: int) -> None:
    """Bind this process to so much memory and processor time, and let it write no core."""
    import resource  # POSIX alone has it
    for what, most in ((resource.RLIMIT_DATA, n_bytes), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):  # a lower limit stands already
            resource.setrlimit(what, (most, most))

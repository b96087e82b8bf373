"""Submit a run and wait for it, with its progress on stderr: what the command line and notebooks share."""

import sys
import time

from core.lab import jobs
from core.lab.errors import Cancelled, InputError, RunFailed
from core.lab.runs import Request, Run, load_run
from core.lab.store import has_result, home


def complete(request: Request) -> tuple[Run, bool]:
    """Return the finished run of a request and whether it was stored already; computes it if need be, with a bar on stderr.

    Raises:
        InputError: If the worker found a fault of the request that cannot be told without computing.
        RunFailed: If the worker failed.
        Cancelled: If it was stopped, here or elsewhere.
    """
    cached = all(has_result(home(), request.key(seed)) for seed in request.seeds)
    run = jobs.submit(request)
    try:
        status = follow(run)
    except KeyboardInterrupt:
        jobs.cancel(run)
        raise Cancelled("Cancelled; what was finished is kept.") from None
    if status.state == "cancelled":
        raise Cancelled("Cancelled from elsewhere; what was finished is kept.")
    if status.state == "failed" and status.is_refused:
        raise InputError(status.message)
    if status.state == "failed":
        raise RunFailed(f"{status.message} (run {run}, log: {home() / 'runs' / run / 'log.txt'})")
    loaded = load_run(home(), run)
    if loaded is None:
        raise RunFailed(f"Run {run} was damaged on disk and has been set aside: run it again.")
    return loaded, cached


def follow(run: str) -> jobs.Status:
    """Draw the progress of a run until it ends; return its last status."""
    terminal, drawn, pause = sys.stderr.isatty(), "", 0.02
    while (status := jobs.status(run)) is not None and status.is_alive:
        line = f"{100 * status.fraction:3.0f}%  {status.seconds:4.0f} s  {status.activity}"
        if status.state == "queued" and status.ahead:
            line = f"waiting, {status.ahead} ahead in the queue"
        if terminal:
            filled = round(30 * status.fraction)
            sys.stderr.write(f"\r\x1b[2K[{'#' * filled}{'.' * (30 - filled)}] {line[:90]}")
        elif status.activity != drawn:
            sys.stderr.write(line + "\n")
        drawn = status.activity
        sys.stderr.flush()
        time.sleep(pause)
        pause = min(0.25, pause * 1.5)
    if terminal and drawn:
        sys.stderr.write("\r\x1b[2K")
    return status or jobs.Status("failed", message="The run was deleted while it was computed.")

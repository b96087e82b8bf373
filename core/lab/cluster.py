"""The same worker command on a Slurm cluster: ``GLASSHOUSE_CLUSTER=slurm`` and, if need be, ``GLASSHOUSE_PARTITION``.

Plain ``sbatch``, ``squeue`` and ``scancel``: the libraries that wrap them hand the job over as a pickle, and this house unpickles
nothing.
"""

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from core.lab import folders
from core.lab.devices import cpu_cores
from core.lab.errors import InputError, RunFailed

TICKET = "cluster.json"


def is_chosen() -> bool:
    """Return whether runs go to a cluster.

    Raises:
        InputError: If ``GLASSHOUSE_CLUSTER`` names anything but slurm.
    """
    name = os.environ.get("GLASSHOUSE_CLUSTER", "")
    if name not in ("", "slurm"):
        raise InputError(f"GLASSHOUSE_CLUSTER must be slurm or unset, got {name!r}.")
    return name == "slurm"


def _slurm(*words: str, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, capture_output=True, text=True, timeout=30, env=environment)
    except FileNotFoundError:
        raise InputError(f"GLASSHOUSE_CLUSTER=slurm needs Slurm's commands, got no {words[0]}: install or unset it.") from None
    except subprocess.TimeoutExpired:
        raise RunFailed(f"Slurm did not answer {words[0]} within 30 s: check the cluster.") from None


def submit(run_folder: Path, command: Sequence[str], environment: Mapping[str, str]) -> None:
    """Hand the worker of a run to Slurm; the job's number stays in the run's folder as its ticket.

    Raises:
        InputError: If there is no Slurm or it refuses the job.
    """
    partition = os.environ.get("GLASSHOUSE_PARTITION", "")
    cores = os.environ.get("GLASSHOUSE_CLUSTER_CORES", "") or str(cpu_cores())
    gpu = os.environ.get("GLASSHOUSE_CLUSTER_GPUS", "")
    answer = _slurm("sbatch", "--parsable", "--job-name=glasshouse", f"--output={run_folder / 'log.txt'}",
                    "--export=ALL", f"--cpus-per-task={cores}", "--ntasks=1",
                    *([f"--partition={partition}"] if partition else []), *([f"--gpus={gpu}"] if gpu else []),
                    f"--wrap=exec {shlex.join(command)}", environment=environment)
    if answer.returncode:
        raise InputError(f"Slurm must accept the job, got {answer.stderr.strip()[:200]!r}: check GLASSHOUSE_PARTITION.")
    folders.write_json(run_folder / TICKET, {"job": answer.stdout.strip().partition(";")[0]})


def _job(run_folder: Path) -> str | None:
    ticket = folders.read_json(run_folder / TICKET)
    return str(ticket["job"]) if isinstance(ticket, dict) and "job" in ticket else None


def has(run_folder: Path) -> bool:
    """Return whether a run was handed to the cluster."""
    return _job(run_folder) is not None


def holds(run_folder: Path) -> bool:
    """Return whether Slurm still holds the job of a run, waiting, running or clearing up.

    Raises:
        RunFailed: If Slurm cannot be asked: a run must not look dead because its cluster is out of reach.
    """
    job = _job(run_folder)
    if job is None:
        return False
    answer = _slurm("squeue", "--noheader", f"--jobs={job}", "--states=PD,CF,R,CG,S,ST,RQ,RH,RF,SI,SO,RS", "--format=%T")
    if answer.returncode and "Invalid job id" not in answer.stderr:
        raise RunFailed(f"Slurm could not say how job {job} is ({answer.stderr.strip()[:200]}): check the cluster.")
    return bool(answer.stdout.strip())


def cancel(run_folder: Path) -> None:
    """Ask Slurm to stop the job of a run; it signals the whole job, then kills it."""
    job = _job(run_folder)
    if job is not None:
        _slurm("scancel", job)

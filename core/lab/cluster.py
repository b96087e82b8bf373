"""The same worker command on a Slurm cluster: ``GLASSHOUSE_CLUSTER=slurm`` and, if need be, ``GLASSHOUSE_PARTITION``.

Plain ``sbatch``, ``squeue`` and ``scancel``: the libraries that wrap them hand the job over as a pickle, and this house unpickles
nothing.
"""

import os
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from core.lab.devices import cpu_cores
from core.lab.errors import InputError, RunFailed
from core.lab.experiment import ROOT

ALIVE = {"PENDING", "CONFIGURING", "RUNNING", "COMPLETING", "SUSPENDED", "REQUEUED", "RESIZING"}


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
        raise InputError(f"GLASSHOUSE_CLUSTER=slurm needs Slurm's commands, got no {words[0]}: install them or unset it.") from None
    except subprocess.TimeoutExpired:
        raise RunFailed(f"Slurm did not answer {words[0]} within 30 s: check the cluster.") from None


def submit(run_folder: Path, environment: Mapping[str, str]) -> str:
    """Hand the worker of a run to Slurm; return the job's number.

    Raises:
        InputError: If there is no Slurm or it refuses the job.
    """
    partition = os.environ.get("GLASSHOUSE_PARTITION", "")
    cores = os.environ.get("GLASSHOUSE_CLUSTER_CORES", "") or str(cpu_cores())
    gpu = os.environ.get("GLASSHOUSE_CLUSTER_GPUS", "")
    command = shlex.join([sys.executable, "-m", "core.lab.worker", str(run_folder)])
    answer = _slurm("sbatch", "--parsable", "--job-name=glasshouse", f"--chdir={ROOT}", f"--output={run_folder / 'log.txt'}",
                    "--export=ALL", f"--cpus-per-task={cores}", "--ntasks=1",
                    *([f"--partition={partition}"] if partition else []), *([f"--gpus={gpu}"] if gpu else []),
                    f"--wrap=exec {command}", environment=environment)
    if answer.returncode:
        raise InputError(f"Slurm must accept the job, got {answer.stderr.strip()[:200]!r}: check GLASSHOUSE_PARTITION.")
    return answer.stdout.strip().partition(";")[0]


def is_alive(job: str) -> bool:
    """Return whether Slurm still holds the job, waiting or running."""
    answer = _slurm("squeue", "--noheader", f"--jobs={job}", "--format=%T")
    return answer.returncode == 0 and any(line.strip() in ALIVE for line in answer.stdout.splitlines())


def cancel(job: str) -> None:
    """Ask Slurm to stop the job; it signals the whole job, then kills it."""
    _slurm("scancel", job)

"""Looking at what a visitor brings, in a process of its own with little time and memory: whatever a file does to it, the server lives.

The command line reads in its own process.
"""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Collection
from typing import Any

from core.lab import access, registry
from core.lab.config import Config, fields_of, from_dict, to_dict
from core.lab.errors import GlasshouseError, InputError
from core.lab.experiment import ROOT, Experiment
from core.lab.fitting import fitted

SECONDS, BYTES = 120, 6 << 30
SINGLE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
GAVE_UP = (f"data must be read within {SECONDS} seconds and {BYTES >> 30} GB of memory, got some that need more, or that end the reader: "
           "use less of it.")


def fingerprint(experiment: Experiment, config: Config) -> str:
    """Return the hash of the data that a config names, see ``Experiment.fingerprint``.

    Raises:
        InputError: If it is missing, breaks a rule, or cannot be read within time and memory.
    """
    if not access.in_app() or not _brings_something(config):
        return experiment.fingerprint(config)
    return _answer(experiment, config)["fingerprint"]


def fit(experiment: Experiment, config: Config, chosen: Collection[str]) -> tuple[Config, str]:
    """Return the settings as the data allows them and what was fitted, see ``core.lab.fitting.fitted``.

    Raises:
        InputError: If the data cannot be read within time and memory.
    """
    if not access.in_app() or not _brings_something(config) or not experiment.fit:
        return fitted(experiment, config, chosen)
    answer = _answer(experiment, config, chosen=sorted(chosen))
    return from_dict(experiment.config, answer["config"]), answer["said"]


def preview(experiment: Experiment, config: Config, chosen: Collection[str]) -> str:
    """Return what Run would fit to the data, empty where nothing; everything that Run would refuse about the data is refused now.

    Raises:
        InputError: If it would.
    """
    return _answer(experiment, config, chosen=sorted(chosen), is_whole=True)["said"]


def _answer(experiment: Experiment, config: Config, chosen: Collection[str] | None = None, *, is_whole: bool = False) -> dict[str, Any]:
    """Return what a process of its own finds about the data of a config: its hash, what it allows where ``chosen`` is given, or both."""
    asked = json.dumps({"experiment": experiment.name, "config": to_dict(config), "chosen": chosen, "is_whole": is_whole})
    command = [sys.executable, "-P", "-m", "core.lab.reading"]
    environment = {**os.environ, **access.worker_settings(), **SINGLE, "PYTHONPATH": os.pathsep.join(
        [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])}
    try:
        done = subprocess.run(command, input=asked, stdout=subprocess.PIPE, text=True, env=environment, timeout=SECONDS, check=False)
        answer = json.loads(done.stdout.splitlines()[-1])
    except (subprocess.TimeoutExpired, IndexError, ValueError):
        raise InputError(GAVE_UP) from None
    if "refused" in answer:
        raise InputError(answer["refused"])
    return answer


def _brings_something(config: Config) -> bool:
    """Return whether a setting names something outside of the house: what a form offers is of the house."""
    texts = ((field, getattr(config, field.name)) for field in fields_of(type(config))
             if field.kind is str and not field.choices and not field.knob.is_prose)
    return any(text not in (*field.knob.suggestions, field.default) and any(sign in text for sign in ":/.") for field, text in texts)


def _limit() -> None:
    import resource  # POSIX alone has it
    for what, most in ((resource.RLIMIT_DATA, BYTES), (resource.RLIMIT_CPU, SECONDS), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(OSError, ValueError):  # a lower limit stands already
            resource.setrlimit(what, (most, most))


def main() -> None:
    """Read one request from stdin, print one JSON object."""
    _limit()
    asked = json.loads(sys.stdin.read())
    experiment = registry.find(asked["experiment"])
    try:
        config = from_dict(experiment.config, asked["config"])
        if asked["chosen"] is None:
            answer = {"fingerprint": experiment.fingerprint(config)}
        else:
            made, said = fitted(experiment, config, asked["chosen"])
            answer = {"config": to_dict(made), "said": said}
            if asked["is_whole"]:
                experiment.fingerprint(made)
    except GlasshouseError as error:
        answer = {"refused": str(error)}
    except MemoryError:
        answer = {"refused": GAVE_UP}
    print(json.dumps(answer))  # noqa: T201


if __name__ == "__main__":
    main()

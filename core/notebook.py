"""The house from a notebook: the same settings, store, errors and progress as the command line.

>>> import core
>>> [name for name in core.experiments() if name.startswith("privacy")]
['privacy', 'privacy_defence', 'privacy_map', 'privacy_outputs']

A run is computed in a process of its own, once; the same call later opens it. ``run.verdicts``, ``run.estimate("auc")``,
``run.table("attacks")`` and ``run.figure("roc")`` read it.
"""

import sys
from collections.abc import Iterable

from core.lab import jobs, registry
from core.lab.config import alike
from core.lab.errors import InputError
from core.lab.fitting import fitted
from core.lab.runs import Run
from core.lab.seeds import parse_seeds
from core.wait import complete


def experiments() -> tuple[str, ...]:
    """Return the names of all experiments."""
    return tuple(experiment.name for experiment in registry.experiments())


def run(name: str, *, preset: str | None = None, seeds: Iterable[int] | None = None, device: str = "auto", **settings: object) -> Run:
    """Return the finished run of an experiment, computed now unless it is stored.

    Args:
        name: The experiment, one of ``experiments()``.
        preset: Named settings to start from; the experiment's first where it is None.
        seeds: Seeds; the preset's where it is None.
        device: ``auto``, ``cpu`` or ``cuda``.
        settings: Settings that differ from the preset, by the names of the command line.

    Raises:
        InputError: If a name, a setting, the data or the device is wrong; nothing is started then.
        RunFailed: If the run failed.
        Cancelled: If it was interrupted; finished seeds and networks are kept.
    """
    experiment = registry.find(name)
    start = experiment.presets[0] if preset is None else experiment.preset(preset)
    if start is None:
        raise InputError(f"a preset of {name} must be one of {', '.join(p.name for p in experiment.presets)}, got {preset!r}.")
    config, said = fitted(experiment, start.config.replace(**settings), settings)
    if said:
        sys.stderr.write(f"{said}\n")
    chosen = start.seeds if seeds is None else parse_seeds(",".join(map(str, seeds)))
    request = jobs.make_request(experiment, config, chosen, preset=start.name if alike(config, start.config) else "custom",
                                device=device)
    return complete(request)[0]

"""Where a row is repaired: the room's settings with the subject filled in as far as they go together. Imports no torch."""

from core.lab import registry
from core.lab.config import Config, fields_of
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.row import Lens
from core.scorecard.subjects import kind_of

OF_ROW = {"rounded": {"qat_bits": 4}, "pruned": {"prune_percent": 80.0}}


def repair_of(lens: Lens, config: ScorecardConfig) -> tuple[Config, str]:
    """Return the settings with which the repairing room begins, and in one sentence what was filled in."""
    experiment = registry.find(lens.repair)
    base, kind = experiment.presets[0].config, kind_of(config.subject)
    known = {field.name for field in fields_of(experiment.config)}
    changes = dict(OF_ROW.get(lens.id, {}))
    if kind is not None and lens.concern == "privacy":
        changes |= {"n_reference_models": config.n_references, **kind.changes}
    if kind is not None and lens.concern == "spurious":
        changes |= {"biased_class": config.mark_class, "harmed_class": config.harmed_class}
    changes = {name: value for name, value in changes.items() if name in known and getattr(base, name) != value}
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in changes.items())
    return base.replace(**changes), f"From the scorecard, row “{lens.label}”" + (f": {said}." if said else ".")

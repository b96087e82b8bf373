"""Where a row is repaired: the room's settings with the subject filled in as far as they go together. Imports no torch."""

from core.lab import registry
from core.lab.config import Config, fields_of
from core.scorecard.card.config import ScorecardConfig
from core.scorecard.row import Lens
from core.scorecard.subjects import FOLDER, kind_of, sort_of, speaker_of

OF_ROW = {"rounded": {"qat_bits": 4}, "pruned": {"prune_percent": 80.0}}


def repair_of(lens: Lens, config: ScorecardConfig) -> tuple[Config, str]:
    """Return the settings with which the repairing room begins, and in one sentence what was filled in."""
    experiment = registry.find(lens.repair)
    preset = experiment.presets[0]
    if sort_of(config.subject) == "english":
        preset = experiment.preset("standard") or preset
    known = {field.name for field in fields_of(experiment.config)}
    changes = {name: value for name, value in _wanted(lens, config).items() if name in known and getattr(preset.config, name) != value}
    said = [f"preset {preset.name}"] if preset is not experiment.presets[0] else []
    said += [f"{name.replace('_', ' ')} {value}" for name, value in changes.items()]
    return preset.config.replace(**changes), f"From the scorecard, row “{lens.label}”" + (f": {', '.join(said)}." if said else ".")


def _wanted(lens: Lens, config: ScorecardConfig) -> dict[str, object]:
    """Return what is known of subject and row, by the names that rooms give their settings."""
    wanted: dict[str, object] = dict(OF_ROW.get(lens.id, {}))
    if kind := kind_of(config.subject):
        wanted |= {"n_reference_models": config.n_references, **kind.changes}
    if sort_of(config.subject) == "model":
        wanted |= {"dataset": config.dataset, "data": config.dataset}
    if lens.id == "cue":
        wanted |= {"biased_class": config.mark_class, "harmed_class": config.harmed_class}
    if speaker := speaker_of(config.subject):
        wanted |= {"model": speaker.model, "is_suspicious": config.subject.startswith(FOLDER)}
        wanted |= {"prompts": config.prompts} if lens.concern == "safety" else {}
    return wanted

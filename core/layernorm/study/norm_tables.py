"""Tables about the norms themselves: how far they moved, the gradients at their inputs, and what each model is."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from torch import Tensor

from core.layernorm.config import LayerNormConfig
from core.layernorm.demonstrations import relative_differences
from core.layernorm.pretrained import Subject
from core.layernorm.tuning import KINDS, Tuned, course_of
from core.layernorm.variations import stripped_norms
from core.models.normalisation import distance, fold, group_of, n_layers_of


def norms_table(subjects: Sequence[Subject], tuned: Sequence[Tuned]) -> pd.DataFrame:
    """Return the table ``norms``."""
    rows = []
    for subject in subjects:
        rows += _norm_rows(subject, subject.state, "pretrained")
        intact = next(one for one in tuned if one.subject is subject and one.variant.id == "intact")
        rows += _norm_rows(subject, intact.trained.state, "tuned")
    return pd.DataFrame(rows)


def _norm_rows(subject: Subject, state: Mapping[str, Tensor], stage: str) -> list[dict]:
    rows, depth = [], n_layers_of(subject.norms)
    for norm in subject.norms:
        scale_rms, bias_rms = distance(state, [norm])
        rows.append({"placement": subject.placement, "stage": stage, "norm": norm.name, "layer": norm.layer, "place": norm.place,
                     "group": group_of(norm.layer, depth), "scale_mean": float(state[f"{norm.name}.weight"].mean()),
                     "scale_rms": scale_rms, "bias_rms": bias_rms,
                     "n_parameters": sum(state[name].numel() for name in norm.weights)})
    return rows


def gradients_table(tuned: Sequence[Tuned], config: LayerNormConfig) -> pd.DataFrame:
    """Return the table ``gradients``."""
    evaluated = course_of(config, "cpu").evaluated
    parts = []
    for one in tuned:
        if one.gradients is None:
            continue
        found = one.gradients
        for place, epoch in enumerate(evaluated):
            for kind, samples in enumerate(KINDS):
                has_bound = samples == "test" and place == len(evaluated) - 1
                parts.append(pd.DataFrame({
                    "placement": one.subject.placement, "variant": one.variant.id, "epoch": epoch,
                    "layer": [norm.layer for norm in found.places], "place": [norm.place for norm in found.places],
                    "samples": samples, "gradient": found.norms[place, kind], "residual": found.residuals[place, kind],
                    "n": int(found.counts[kind]), "bound": found.bounds if has_bound else np.nan}))
    return pd.concat(parts, ignore_index=True)


def models_table(subjects: Sequence[Subject], damage: pd.DataFrame, config: LayerNormConfig) -> pd.DataFrame:
    """Return the table ``models``."""
    rows = []
    for subject in subjects:
        norms = stripped_norms(subject, config)
        intact = damage[(damage["placement"] == subject.placement) & (damage["intervention"] == "intact")]
        can_fold = subject.placement == "pre" and subject.reads is not None
        rows.append({
            "placement": subject.placement, "model": subject.name, "title": subject.title,
            "norm": "LayerNorm" if norms[0].has_bias else "RMSNorm", "n_layers": n_layers_of(norms),
            "width": subject.state[f"{norms[0].name}.weight"].numel(), "n_norms": len(norms),
            "n_norm_parameters": sum(subject.state[name].numel() for norm in norms for name in norm.weights),
            "n_parameters": sum(value.numel() for value in subject.state.values()),
            "start": "downloaded" if subject.is_downloaded else "pretrained here", "accuracy": float(intact["accuracy"].iloc[0]),
            "fold_difference": relative_differences(subject, [fold(subject.state, subject.reads)])[0] if can_fold else float("nan"),
            "licence": subject.licence})
    return pd.DataFrame(rows)

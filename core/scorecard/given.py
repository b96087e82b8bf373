"""Outputs that somebody brings, as material: what a file tells, and nothing else."""

from dataclasses import replace

import numpy as np

from core.lab.experiment import Context
from core.scorecard.material import Labelled, Material
from core.subjects.outputs import GivenOutputs


def of_outputs(given: GivenOutputs, title: str, seed: int, context: Context, names: tuple[str, ...] = ()) -> Material:
    """Return what outputs in a file bring; rows that were trained on tell of leakage, and of nothing else."""
    names = names or tuple(f"class {number}" for number in range(given.logits.shape[1]))
    fresh = np.ones(len(given.y), dtype=bool) if given.members is None else ~given.members
    by_class = given.group is None
    home = Labelled(given.logits[fresh], given.y[fresh], given.y[fresh] if by_class else given.group[fresh],
                    names if by_class else given.group_names, "class" if by_class else "group")
    material = Material(title=title, seed=seed, context=context, class_names=names, home=home, everything=home)
    if given.shifted_logits is not None:
        told = given.shifted_group is not None
        material = replace(material, shifted=Labelled(
            given.shifted_logits, given.shifted_y, given.shifted_group if told else np.zeros(len(given.shifted_y), dtype=np.int64),
            given.group_names if told else ("all",)))
    if given.members is None or given.members.all() or not given.members.any():
        return material
    has_references = given.reference_logits is not None and given.reference_members is not None
    return replace(material, alone=lambda: signals_of(given), among=(lambda: signals_of(given, True)) if has_references else None)


def signals_of(given: GivenOutputs, with_references: bool = False):
    """Return outputs as the privacy room's attacks take them: the subject first, and behind it its references."""
    from core.privacy.signals import Signals

    logits, members = given.logits[None], given.members[None]
    if with_references:
        logits, members = np.concatenate([logits, given.reference_logits]), np.concatenate([members, given.reference_members])
    n_models, _, n_classes = logits.shape
    return Signals(logits=logits[:, :, None], y=given.y, members=members, sample_ids=np.arange(len(given.y)).astype(str),
                   population_logits=np.empty((n_models, 0, 1, n_classes)), population_y=np.empty(0, dtype=np.int64))

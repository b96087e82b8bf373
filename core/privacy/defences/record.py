"""What a defence is, what it is given and what it hands back. Imports no torch, so that forms can list defences.

The attacker adapts: all K models, target and references alike, go through the whole defended pipeline.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd

from core.lab.config import Knob
from core.lab.errors import InputError
from core.lab.experiment import Context, load_object
from core.training.config import TrainingConfig

if TYPE_CHECKING:  # both import torch
    from core.privacy.audited_models import AuditData, AuditedModel
    from core.privacy.defence.config import DefenceConfig

Level = Literal["data", "loss", "output", "classifier", "weights", "region", "optimiser", "distillation"]
Provenance = Literal["as published", "reconstructed", "our reading of the abstract"]
Outputs = Callable[[int, np.ndarray], np.ndarray]


@dataclass(frozen=True, eq=False)
class DefenceJob:
    """What a defence is given.

    Attributes:
        audit: Images and memberships. ``audit.reference`` are images that no attack ever asks about, for defences that need
            data beside their members.
        plain: Returns the K undefended models, reading them from the store where they are; they are never retrained.
        training: How the plain models are trained.
        config: All settings; options of a method bear its name.
        strength: Value of the method's knob, already checked.
        seed: Seed of the run.
        context: Device, threads, store, progress.
        with_evidence: Whether tables that need training of their own (sweeps, controls) are wanted too.
    """

    audit: "AuditData"
    plain: "Callable[[], list[AuditedModel]]"
    training: TrainingConfig
    config: "DefenceConfig"
    strength: float
    seed: int
    context: Context
    with_evidence: bool = True


@dataclass(frozen=True, eq=False)
class DefendedModels:
    """What a defence hands back.

    Attributes:
        models: One per row of the membership table, in order.
        training: How to rebuild the network: only ``model`` and ``width`` matter.
        outputs: For defences that change answers after training: takes a model's index and its logits (N, C), returns the
            logits (N, C) of what it really answers. None where answers are left alone.
        evidence: Tables of ``evidence.SCHEMAS`` by name; those left out are empty.
    """

    models: "list[AuditedModel]"
    training: TrainingConfig
    outputs: Outputs | None = None
    evidence: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def accept(config: "DefenceConfig") -> None:
    """Find nothing wrong with any settings."""


@dataclass(frozen=True, kw_only=True)
class Defence:
    """One defence.

    Attributes:
        id: Stable key in settings and tables.
        title: What it is called on screen.
        level: Where it acts.
        provenance: How faithful it is to what was published.
        explanation: One line for a reader who does not know it.
        source: Where it was published.
        knob: Label, range and unit of the one number that trades accuracy for privacy; the range excludes 0, which in
            settings stands for the middle of ``values``.
        values: Three settings of the knob, weak to strong.
        train: ``module:function`` taking a ``DefenceJob`` and returning ``DefendedModels``; imported when it is called.
        check: Raises ``InputError`` for options that do not go together. Torch-free.
        version: Raised whenever its models may change; part of the identity of stored models.
    """

    id: str
    title: str
    level: Level
    provenance: Provenance
    explanation: str
    source: str
    knob: Knob
    values: tuple[float, float, float]
    train: str
    check: "Callable[[DefenceConfig], None]" = accept
    version: int = 1

    def run(self, job: DefenceJob) -> DefendedModels:
        """Return the defended models."""
        return load_object(self.train)(job)

    def strength_of(self, strength: float) -> float:
        """Return the knob's value that ``strength`` stands for: itself, or the middle value for 0.

        Raises:
            InputError: If it lies outside the knob's range.
        """
        if strength == 0:
            return self.values[1]
        if not self.knob.low <= strength <= self.knob.high:
            raise InputError(f"strength of {self.id} ({self.knob.label.lower()}) must lie in [{self.knob.low:g}, "
                             f"{self.knob.high:g}] or be 0 for {self.values[1]:g}, got {strength:g}.")
        return strength

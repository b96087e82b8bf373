"""What the trade-off map may be told. Imports no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Self, get_type_hints

from core.lab.config import Config, Knob
from core.privacy.defence.config import DefenceConfig
from core.privacy.defences.network import network_after
from core.privacy.map.curves import Curve, check_curves, chosen_curves

_SAME = get_type_hints(DefenceConfig, include_extras=True)  # a setting that both have is said once
SIX = "relaxloss+srcm+crl+rewinding+pptp+label_smoothing"
ACCEPTABLE_COST = 0.02


@dataclass(frozen=True, kw_only=True)
class MapConfig(Config):
    """Everything that may change the numbers of the map. Methods have their default options."""

    defences: Annotated[str, Knob(
        "Defences", "Curves to draw, joined by +; early stopping always is.", main=True, suggestions=(SIX, "relaxloss+crl"),
        labels=MappingProxyType({SIX: "Six defences", "relaxloss+crl": "RelaxLoss and CRL"}), check=check_curves)] = SIX
    dataset: _SAME["dataset"] = DefenceConfig.dataset
    model: _SAME["model"] = DefenceConfig.model
    n_reference_models: _SAME["n_reference_models"] = DefenceConfig.n_reference_models
    n_pool: _SAME["n_pool"] = DefenceConfig.n_pool
    n_population: _SAME["n_population"] = DefenceConfig.n_population
    width: _SAME["width"] = DefenceConfig.width
    epochs: _SAME["epochs"] = DefenceConfig.epochs
    batch_size: _SAME["batch_size"] = DefenceConfig.batch_size
    optimizer: _SAME["optimizer"] = DefenceConfig.optimizer
    learning_rate: _SAME["learning_rate"] = DefenceConfig.learning_rate
    schedule: _SAME["schedule"] = DefenceConfig.schedule
    weight_decay: _SAME["weight_decay"] = DefenceConfig.weight_decay
    augmentation: _SAME["augmentation"] = DefenceConfig.augmentation
    precision: _SAME["precision"] = DefenceConfig.precision
    fine_tune_epochs: _SAME["fine_tune_epochs"] = DefenceConfig.fine_tune_epochs

    def check(self) -> None:
        """Raise ``InputError`` where settings do not go together, for any point of the map."""
        for curve in chosen_curves(self.defences):
            for value in curve.values:
                self.point(curve, value)

    def following(self, changes: Mapping[str, object]) -> tuple[Self, str]:
        """See ``Config.following``: one network for all curves, which follows them unless it is chosen too."""
        if "defences" not in changes or "model" in changes:
            return super().following(changes)
        curves = [{curve.defence for curve in chosen_curves(text)} for text in (self.defences, str(changes["defences"]))]
        model, why = network_after(*curves, self.model)
        return self.replace(**{**changes, "model": model}), why

    def point(self, curve: Curve, value: float) -> DefenceConfig:
        """Return the settings of one point."""
        return self.defence(curve.defence).replace(**{**curve.settings, curve.setting: value})

    def defence(self, name: str) -> DefenceConfig:
        """Return the settings of a defence at its middle strength."""
        return DefenceConfig(
            defence=name, dataset=self.dataset, model=self.model, n_reference_models=self.n_reference_models, n_pool=self.n_pool,
            n_population=self.n_population, width=self.width, epochs=self.epochs, batch_size=self.batch_size,
            optimizer=self.optimizer, learning_rate=self.learning_rate, schedule=self.schedule, weight_decay=self.weight_decay,
            augmentation=self.augmentation, precision=self.precision, fine_tune_epochs=self.fine_tune_epochs)

"""The one abstraction: a frozen record that says what an experiment asks, takes, does, returns and claims.

Config is everything that may change the numbers, Context everything that must not.
"""

import dataclasses
import importlib
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Any, Literal, Protocol, get_args, get_origin, get_type_hints

import numpy as np
import pandas as pd

from core.lab.claims import Claim
from core.lab.config import Config
from core.lab.work import Speed, Work


@dataclass(frozen=True)
class Metric:
    """How one headline number of a result reads.

    Attributes:
        label: What it is called on screen, at most 26 characters.
        help: One sentence for a reader who does not know the term.
        unit: "" for plain numbers, "%" for fractions shown as per cent, "pt" for differences of those, "s" for seconds.
        bounds: Smallest and largest value there can be; intervals end there.
        is_ratio: Whether twice and half are equally far from no change: seeds are then averaged on the scale of logarithms.
    """

    label: str
    help: str
    unit: Literal["", "%", "pt", "s"] = ""
    bounds: tuple[float, float] = (-math.inf, math.inf)
    is_ratio: bool = False


@dataclass(frozen=True)
class Table:
    """A data frame of a result; ``help`` names its rows and columns.

    ``public`` returns what of it exports hold unless the rest is asked for; None where nothing is held back.
    """

    help: str
    public: Callable[[pd.DataFrame], pd.DataFrame] | None = None


@dataclass(frozen=True)
class Array:
    """A NumPy array of a result; ``help`` names its axes and unit."""

    help: str


@dataclass(frozen=True)
class Step:
    """One named step of a run, as shown on the page; ``weight`` is its rough share of the time."""

    title: str
    weight: float


@dataclass(frozen=True)
class Preset:
    """A named config.

    Attributes:
        name: Slug, for the command line.
        title: What the form calls it, with its rough time.
        config: Its settings.
        seeds: Seeds that a run takes unless it is told others.
        seconds: What one seed takes on the reference machine of ``core.lab.work``, or took on the GPU if ``gpu``.
        gpu: Whether it is meant for a GPU.
        slice: Settings, as ``--set`` takes them, that shorten one seed of a long preset to some ten minutes: they prove its path on
            whatever GPU is lent, and finish nothing that a verdict could rest on.
        gallery_seeds: Seeds of the finished run that ships with the house; none where it is not computed yet.
    """

    name: str
    title: str
    config: Config
    seeds: tuple[int, ...]
    seconds: float
    gpu: bool = False
    slice: tuple[str, ...] = ()
    gallery_seeds: tuple[int, ...] = (0, 1, 2)


@dataclass(frozen=True)
class Shipped:
    """A further finished run that ships with the house, beside those of the presets.

    Attributes:
        name: Slug, for the command line; stands where a run's preset does, so no preset may have it.
        title: What the run is of, on screen.
        config: Its settings.
        seeds: Its seeds; none where it is not computed yet.
    """

    name: str
    title: str
    config: Config
    seeds: tuple[int, ...] = (0, 1, 2)


class Models(Protocol):
    """Trained models kept as artefacts, keyed by what determines them and shared between experiments."""

    def get(self, identity: Mapping[str, Any]) -> dict[str, np.ndarray] | None:
        """Return the arrays stored under ``identity``, or None."""

    def put(self, identity: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> None:
        """Store arrays under ``identity``; safe against crashes and concurrent writers."""


@dataclass(frozen=True, kw_only=True)
class Context:
    """Where and how a run executes: nothing here may change the numbers.

    Attributes:
        device: ``cpu`` or ``cuda``.
        threads: CPU threads or processes that the run may use.
        models: Store of trained models.
        begin: Called with a step's index when it starts.
        report: Called with the fraction of the step done, what is going on, and a point of the live curve.
    """

    device: str
    threads: int
    models: Models
    begin: Callable[[int], None]
    report: Callable[..., None]


@dataclass(frozen=True)
class Change:
    """Why numbers of one version are not those of the version before.

    Attributes:
        version: The first that has it.
        day: When it came, as 2026-11-29.
        words: What changed, in one sentence.
    """

    version: int
    day: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """What an experiment is. ``run`` and ``figures`` are import paths, so that reading a spec imports no torch.

    Attributes:
        name: Slug: store key, URL, command line.
        title: The room's name.
        question: The question in one sentence, at most 60 characters.
        config: Type of the config.
        result: Frozen dataclass whose fields are Annotated with Metric (float), Table (data frame) or Array (NumPy). A property whose
            return type is Annotated with Metric is one more headline number, computed from the fields: results stored before it
            was thought of have it, too.
        presets: Named configs, the first being the default.
        steps: What a seed's run goes through, in order.
        run: ``module:function`` taking (config, seed, context) and returning ``result``.
        figures: ``module:FIGURES``, the literal tuple of figures, each a ``core.lab.figure.Figure``.
        texts: ``module:TEXTS``, the words of the room, a ``core.lab.texts.Texts``.
        claims: Published claims with their controls.
        version: Raised whenever the numbers may change; part of every key.
        changes: What each version after the first changed, and when.
        fingerprint: Returns the content hash of the data that a config names; raises InputError when it is not at hand.
        work: Returns how much one seed of a config amounts to, see ``core.lab.work``; networks that are kept already make it less.
        headline: Name of the metric that answers the question.
        shipped: Finished runs that ship with the house beside those of the presets.
        fit: ``module:function`` that takes a config and returns what its data allow, by setting; see ``core.lab.fitting``.
        shown: Name of the preset whose finished run a visitor sees first; the first one that ships where it is empty.
        reports: ``module:REPORTS``, functions from a run to bytes by the ending of a file, where the experiment has a report of its own.
        limits: ``module:function`` that returns what a run's limits came to, as JSON values with the list ``beyond``, where it has limits.
    """

    name: str
    title: str
    question: str
    config: type[Config]
    result: type
    presets: tuple[Preset, ...]
    steps: tuple[Step, ...]
    run: str
    figures: str
    texts: str
    claims: tuple[Claim, ...]
    version: int
    fingerprint: Callable[[Any], str]
    work: Callable[[Any], Work]
    headline: str
    shipped: tuple[Shipped, ...] = ()
    shown: str = ""
    reports: str = ""
    limits: str = ""
    fit: str = ""
    changes: tuple[Change, ...] = ()

    def history(self) -> list[str]:
        """Return what changed its numbers, one sentence a version."""
        return [f"Version {change.version}, {change.day}: {change.words}" for change in self.changes]

    def preset(self, name: str) -> Preset | None:
        """Return the preset of that name, or None."""
        return next((preset for preset in self.presets if preset.name == name), None)

    def expected(self, config: Config, speed: Speed, *, on_gpu: bool = False) -> float:
        """Return the rough time of one seed; on a GPU what the preset of these settings took, where it was measured."""
        measured = [preset.seconds for preset in self.presets if on_gpu and preset.gpu and preset.config == config]
        return measured[0] if measured else self.work(config).seconds(speed)

    def shipped_run(self, name: str) -> Shipped | None:
        """Return the further run of that name, or None."""
        return next((further for further in self.shipped if further.name == name), None)


def load_object(path: str) -> Any:
    """Return the object that ``module:name`` points to."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def result_fields(result_type: type) -> dict[str, Metric | Table | Array]:
    """Return each field of a result type with its description, in declared order."""
    return dict(_described(result_type))


@lru_cache(maxsize=256)
def _described(result_type: type) -> dict[str, Metric | Table | Array]:
    hints = get_type_hints(result_type, include_extras=True)
    described: dict[str, Metric | Table | Array] = {}
    kinds = {Metric: float, Table: pd.DataFrame, Array: np.ndarray}
    for field in dataclasses.fields(result_type):
        hint = hints[field.name]
        if get_origin(hint) is not Annotated or kinds.get(type(get_args(hint)[1])) is not get_args(hint)[0]:
            raise TypeError(f"{result_type.__name__}.{field.name} must be a described float, data frame or array")
        described[field.name] = get_args(hint)[1]
    return described


def metrics_of(result_type: type) -> dict[str, Metric]:
    """Return the headline numbers of a result type, in declared order: those that are stored, then those computed when read."""
    return stored_metrics(result_type) | _computed_metrics(result_type)  # a dict of the caller's own: the parts are kept


def stored_metrics(result_type: type) -> dict[str, Metric]:
    """Return the headline numbers that a result is made with, in declared order."""
    return {name: what for name, what in result_fields(result_type).items() if isinstance(what, Metric)}


@lru_cache(maxsize=256)
def _computed_metrics(result_type: type) -> dict[str, Metric]:
    """Return the properties whose return type is described like a field: numbers read from what is stored, and not stored again."""
    found: dict[str, Metric] = {}
    for name, member in vars(result_type).items():
        if isinstance(member, property):
            hint = get_type_hints(member.fget, include_extras=True).get("return")
            if get_origin(hint) is Annotated and isinstance(get_args(hint)[1], Metric):
                found[name] = get_args(hint)[1]
    return found


ROOT = Path(__file__).resolve().parents[2]

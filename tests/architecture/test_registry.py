"""What every experiment owes: documented settings, described results, claims that can be measured, words, a room."""

import dataclasses
import datetime
import importlib
import inspect
import re

import pytest

from core.lab import registry
from core.lab.claims import KINDS
from core.lab.config import fields_of
from core.lab.experiment import ROOT, Array, Experiment, Metric, Table, load_object, metrics_of, result_fields
from core.lab.texts import Texts
from tests.architecture.source import CONCERNS, CORE, module

EXPERIMENTS = registry.experiments()
NAMES = list(registry.SPECS)
FIELDS = [(experiment, field) for experiment in EXPERIMENTS for field in fields_of(experiment.config)]
PROPER = {"SGD", "RMIA", "CNN", "LiRA", "AUC", "ROC", "MLP", "Adam", "LLaMA", "LayerNorm", "GroupNorm", "BatchNorm", "CIFAR",
          "Adult", "GPU", "CPU", "RelaxLoss", "CRL", "SRCM", "CCL", "HAMP", "HAMP's", "DP-SGD", "PPTP", "Post-LN", "Pre-LN", "ELR",
          "EL2N", "DiffROAR", "KS", "Taylor", "RESQUE", "ARM", "PreIndex", "SCU", "UCU", "CU", "RU", "ESU", "EUU", "LoRA", "SmolLM2",
          "ECE", "TENT", "ETA", "T3A", "k-NN", "CROW"}

COMPUTED_AHEAD = ("privacy_map", "backdoor_attacks")  # dozens of trainings by design: their lite presets are looked at in the gallery

each_experiment = pytest.mark.parametrize("experiment", EXPERIMENTS, ids=NAMES)


def is_sentence_case(text: str) -> bool:
    """Return whether a label begins with a capital and has no further one but in names."""
    first, *rest = re.findall(r"[^\s,()/]+", text)
    return (first[0].isupper() or first[0].isdigit() or first in PROPER) and all(
        word in PROPER or word == word.lower() or not word[0].isalpha() for word in rest)


def test_sentence_case_itself():
    assert is_sentence_case("Learning rate")
    assert is_sentence_case("Attack AUC, shuffled")
    assert not is_sentence_case("Learning Rate")
    assert not is_sentence_case("learning_rate")


def test_names_are_unique_and_every_spec_is_registered():
    assert [experiment.name for experiment in EXPERIMENTS] == NAMES, "an experiment bears the name it is registered under"
    specified = []
    for path in CORE:
        if path.endswith("spec.py"):
            specified += [member for member in vars(importlib.import_module(module(path))).values() if isinstance(member, Experiment)]
    assert {experiment.name for experiment in specified} == set(NAMES)
    assert set(CONCERNS) <= set(NAMES), "the main experiment of a room bears the room's name"
    for name in NAMES:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", name)
        assert name.split("_")[0] in CONCERNS


def test_every_setting_is_documented():
    faults = []
    for experiment, field in FIELDS:
        knob = field.knob
        broken = {
            f"the label {knob.label!r} is not in sentence case": not is_sentence_case(knob.label),
            "the help is no sentence": not knob.help.endswith(".") or len(knob.help) <= 10,
            "a number needs a range": field.kind in (int, float) and None in (knob.low, knob.high),
            "every choice has its word": knob.labels is not None and set(knob.labels) != set(field.choices or knob.suggestions),
            "the name is no name": not re.fullmatch(r"[a-z][a-z0-9]*(_[a-z0-9]+)*", field.name)}
        faults += [f"{experiment.name}.{field.name}: {fault}" for fault, is_there in broken.items() if is_there]
    assert faults == []
    assert len(FIELDS) > 100


@each_experiment
def test_question_presets_and_steps(experiment):
    assert experiment.question.endswith("?")
    assert len(experiment.question) <= 60
    assert [change.version for change in experiment.changes] == list(range(2, experiment.version + 1)), "what changed the numbers, and when"
    assert all(re.fullmatch(r"20\d\d-\d\d-\d\d", change.day) and change.words.endswith(".") for change in experiment.changes)
    assert [preset.name for preset in experiment.presets][:1] == ["lite"]
    assert {preset.name for preset in experiment.presets} <= {"lite", "standard", "full"}
    for preset in experiment.presets:
        assert type(preset.config) is experiment.config
        assert len(set(preset.gallery_seeds)) == len(preset.gallery_seeds)
        assert len(preset.gallery_seeds) >= 3 or not preset.gallery_seeds, "a verdict needs three seeds"
        assert preset.seeds
        assert set(preset.seeds) <= set(preset.gallery_seeds) or not preset.gallery_seeds
        assert preset.seconds > 0
    assert not experiment.presets[0].gpu
    longest = 600 if experiment.name in COMPUTED_AHEAD else 120
    assert 0 < experiment.work(experiment.presets[0].config).seconds() < longest
    assert experiment.steps
    assert all(step.weight > 0 and is_sentence_case(step.title) for step in experiment.steps)


@each_experiment
def test_further_runs_that_ship_are_named_apart(experiment):
    names = [further.name for further in experiment.shipped]
    assert len({*names, *(preset.name for preset in experiment.presets), "custom"}) == len(names) + len(experiment.presets) + 1
    for further in experiment.shipped:
        assert re.fullmatch(r"[a-z]+(_[a-z]+)*", further.name)
        assert type(further.config) is experiment.config
        assert further.config not in [preset.config for preset in experiment.presets]
        assert len(set(further.seeds)) >= 3 or not further.seeds, "a verdict needs three seeds"
        assert is_sentence_case(further.title)
    assert experiment.shipped_run("nothing") is None


@each_experiment
def test_what_comes_back_is_described(experiment):
    assert dataclasses.is_dataclass(experiment.result)
    metrics = metrics_of(experiment.result)
    assert experiment.headline in metrics
    for what in result_fields(experiment.result).values():
        assert isinstance(what, Metric | Table | Array)
        assert what.help
    assert all(is_sentence_case(metric.label) for metric in metrics.values())
    labels = [metric.label for metric in metrics.values()]
    assert len(set(labels)) == len(labels)


@each_experiment
def test_claims_can_be_measured(experiment):
    metrics = metrics_of(experiment.result)
    assert len({claim.id for claim in experiment.claims}) == len(experiment.claims) > 0
    for claim in experiment.claims:
        assert set(claim.metrics) <= set(metrics)
        assert claim.effect != claim.control
        assert claim.control_words, "what is subtracted has a name, also where it is known without measuring"
        assert claim.kind in KINDS
        assert claim.expected != "within" or claim.margin > 0
        assert claim.margin == 0 or claim.margin_reason != "any difference counts", "a bar has a reason"
        assert claim.published_value is None or claim.published != "not available"
        for date in (claim.margin_date, *(date for date, _ in claim.changes)):
            datetime.date.fromisoformat(date)
        assert not any(sentence.endswith(".") for _, sentence in claim.changes)
        for one in claim.preconditions:
            assert (one.at_least, one.at_most) != (None, None)
        assert claim.statement
        assert claim.source
        assert claim.published


@each_experiment
def test_the_parts_it_points_to_exist(experiment):
    assert list(inspect.signature(load_object(experiment.run)).parameters) == ["config", "seed", "context"]
    assert isinstance(load_object(experiment.figures), tuple)
    assert load_object(experiment.figures)
    texts = load_object(experiment.texts)
    assert isinstance(texts, Texts)
    assert texts.idea
    assert texts.sources


@each_experiment
def test_the_readme_speaks_of_it(experiment):
    assert f"`{experiment.name}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_page_has_its_place_in_the_table_and_every_room_its_page():
    rooms = importlib.import_module("pages._ui.rooms")
    listed = [*filter(rooms.is_there, (rooms.HOME, rooms.RUNS, rooms.CLAIMS, rooms.LESSONS)),
              *(concern.page for concern in rooms.CONCERNS)]
    there = {path.relative_to(ROOT).as_posix() for path in (ROOT / "pages").glob("*.py") if path.name != "__init__.py"}
    assert len(set(listed)) == len(listed)
    assert set(listed) == there
    assert {concern.name for concern in rooms.CONCERNS} >= set(CONCERNS)
    assert sorted(room.name for room in rooms.ROOMS) == sorted(NAMES)
    for room in rooms.ROOMS:
        views = [one.view for one in room.concern.rooms]
        assert len(set(views)) == len(views) == len({one.label for one in room.concern.rooms})
        assert room.name.split("_")[0] == room.concern.name
        assert set(room.numbers) <= set(metrics_of(room.experiment.result))
        assert len(room.numbers) == 4

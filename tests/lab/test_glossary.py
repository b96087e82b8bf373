"""Abbreviations: each that the records and figures of the house show has its entry, and captions spell out what they must."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.lab import glossary, registry
from core.lab.config import fields_of
from core.lab.experiment import ROOT, Experiment, load_object, metrics_of
from pages._ui.rooms import ROOMS

DRAWN = sorted([*(ROOT / "core").glob("*/**/figures*.py"), *(ROOT / "pages" / "_rooms").rglob("*.py")])


def written(experiment: Experiment) -> Iterator[str]:
    """Yield every text that an experiment's record puts on a page."""
    yield from (experiment.title, experiment.question)
    for metric in metrics_of(experiment.result).values():
        yield from (metric.label, metric.help)
    for claim in experiment.claims:
        yield from (claim.statement, claim.effect_words, claim.control_words, claim.published, claim.note)
    for field in fields_of(experiment.config):
        yield from (field.knob.label, field.knob.help, *map(field.word, (*field.choices, *field.knob.suggestions)))
    texts = load_object(experiment.texts)
    yield from (texts.measures, texts.idea, *texts.assumptions, *texts.untested, *(meaning for _, meaning in texts.formulas))
    for figure in load_object(experiment.figures):
        yield from (figure.title, figure.caption)


def constants(path: Path) -> Iterator[str]:
    """Yield the texts of a source file that hold more than a name of the language, without its docstrings."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    spoken = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken and not node.value.isupper():
            yield node.value


@pytest.mark.parametrize("name", [room.name for room in ROOMS])
def test_every_abbreviation_of_a_room_has_its_entry(name):
    missing = {one for text in written(registry.find(name)) for one in glossary.unknown(str(text))}
    assert missing == set(), "write it into core/lab/glossary.py: into ENTRIES, or into NAMES where it is a name"


def test_every_abbreviation_that_figures_and_rooms_write_has_its_entry():
    missing = {one: str(path.relative_to(ROOT)) for path in DRAWN for text in constants(path) for one in glossary.unknown(text)}
    assert missing == {}, "write it into core/lab/glossary.py: into ENTRIES, or into NAMES where it is a name"


def test_abbreviations_are_found_whole_and_spelled_out_once():
    assert glossary.spelled_out("The AUC, and Post-LN; AUCs") == "AUC: area under the ROC curve. LN: LayerNorm."
    assert glossary.spelled_out("LNX, RAUC and CPU") == "", "parts of words, and what everybody knows"
    assert glossary.spelled_out("ECE (expected calibration error)") == "", "it says so itself"
    assert glossary.unknown("XYZW of LiRA on MNIST, SCUs and two CNNs") == {"XYZW"}


def test_no_word_stands_twice():
    assert len({word.short for word in glossary.ALL}) == len(glossary.ALL)

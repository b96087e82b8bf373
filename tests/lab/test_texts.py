"""What pages and reports say: counts, warnings near chance, and descriptions that end where a clause ends."""

import math

import pytest

from core.lab import registry
from core.lab.experiment import load_object
from core.lab.texts import hardly_learned
from core.lab.words import counted, shortened
from pages._ui.rooms import ROOMS


@pytest.mark.parametrize("share, of, said", [(0.07, 1000, "70"), (0.0, 100, "0"), (0.001, 100, "fewer than 1"), (0.9996, 1000, "1,000")])
def test_a_share_is_counted(share, of, said):
    assert counted(share, of) == said


def test_what_cannot_be_resolved_is_not_counted():
    with pytest.raises(ValueError, match="a share must be a number"):
        counted(math.nan, 100)


@pytest.mark.parametrize("accuracy, n, warned", [(0.14, 10, True), (0.21, 10, False), (0.55, 2, True), (0.9, 1, False),
                                                 (math.nan, 10, False)])
def test_networks_near_chance_come_with_a_warning(accuracy, n, warned):
    said = hardly_learned(accuracy, n, "What they leak")
    assert bool(said) is warned
    if warned:
        assert f"{accuracy:.1%}" in said
        assert f"{1 / n:.1%}" in said


@pytest.mark.parametrize("text", ["a clause of some length, " * 12, "word " * 60, "Ends here. " + "x" * 300])
def test_a_description_is_never_cut_within_a_word(text):
    made = shortened(text)
    assert len(made) <= 159
    assert made[-1] in ".…"
    assert set(made.rstrip(".…").replace(",", "").split()) <= set(text.replace(",", "").replace(".", "").split()) | {"Ends", "here"}
    assert shortened("Short.") == "Short."


@pytest.mark.parametrize("name", [room.name for room in ROOMS])
def test_every_room_says_its_finding_plainly_and_what_was_not_tested(name):
    texts = load_object(registry.find(name).texts)
    assert texts.plain is not None
    assert texts.untested

"""Numbers that are read from a stored course of training: at the paper's point, and at equal fit. Imports no torch.

Each is a pair of properties, for Post-LN and for Pre-LN, so that no stored result lacks them.
"""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from core.lab.experiment import Metric
from core.layernorm.study.reading_points import Courses, courses_of
from core.layernorm.variants import PLACEMENT_TITLES, PLACEMENTS, Placement

Pair = tuple[property, property]
POINT = "when the intact model first fits every training label"
EQUAL = "along equal losses on rightly labelled samples, from 0.5 to 0.03"


def _both(label: str, words: str, read: Callable[[Courses], float], unit: Literal["", "%", "pt"] = "pt") -> Pair:
    """Return one number of both placements."""
    def made(placement: Placement) -> property:
        metric = Metric(f"{label}, {PLACEMENT_TITLES[placement]}", words, unit, (0.0, 1.0) if unit == "%" else (-1.0, 1.0))

        def value(self: Any) -> Annotated[float, metric]:
            return read(courses_of(self, placement))
        return property(value)
    post, pre = (made(placement) for placement in PLACEMENTS)
    return post, pre


def _at_point(column: str, one: str, other: str) -> Callable[[Courses], float]:
    return lambda courses: courses.change(one, other, column, courses.papers_place())


FITTED = _both("Labels fitted", "Training labels, wrong ones included, that the intact model fits at its best.",
               lambda courses: max(courses.path("intact", "train_accuracy"), default=float("nan")), "%")
MEMORISED_DROP_POINT = _both("Less, paper's point", f"Wrong labels given back, intact minus stripped, {POINT}.",
                             _at_point("memorised", "intact", "all"))
MEMORISED_DROP_POINT_ELSEWHERE = _both("Control, paper's point", f"Displaced elsewhere instead, {POINT}.",
                                       _at_point("memorised", "intact", "elsewhere"))
MEMORISED_DROP_NEARLY = _both(
    "Less, at 95% memorised", "Intact minus stripped when the intact model has memorised 95% of the wrong labels.",
    lambda courses: courses.change("intact", "all", "memorised", courses.nearly_place()))
RECOVERED_GAIN_POINT = _both("Recovered more, paper's point", f"Given their true class, stripped minus intact, {POINT}.",
                             _at_point("recovered", "all", "intact"))
RECOVERED_GAIN_POINT_ELSEWHERE = _both("Control, recovered, paper's point", f"Displaced elsewhere minus intact, {POINT}.",
                                       _at_point("recovered", "elsewhere", "intact"))
LEARNING_CHANGE_POINT = _both("Test, paper's point", f"Test accuracy, stripped minus intact, {POINT}.",
                              _at_point("test_accuracy", "all", "intact"))
MEMORISED_DROP_EQUAL = _both("Less at equal fit", f"Wrong labels given back, intact minus stripped, mean {EQUAL}.",
                             lambda courses: courses.equal_fit_change("intact", "all", "memorised"))
MEMORISED_DROP_EQUAL_ELSEWHERE = _both("Control at equal fit", f"Displaced elsewhere instead, mean {EQUAL}.",
                                       lambda courses: courses.equal_fit_change("intact", "elsewhere", "memorised"))
RECOVERED_POINT = _both("Recovered if stripped", f"Wrong labels that the stripped model gives their true class, {POINT}.",
                        lambda courses: courses.at("all", "recovered", courses.papers_place()), "%")
RECOVERED_STOPPED = _both(
    "Recovered, stopped early", "The same of the intact model, stopped where its loss on right labels is the stripped one's at that point.",
    lambda courses: courses.stopped_early("recovered"), "%")

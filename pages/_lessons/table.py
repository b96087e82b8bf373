"""All lessons, in the order in which they are offered."""

from pages._lessons.leak import LEAK
from pages._lessons.memorise import MEMORISE
from pages._lessons.record import Lesson
from pages._lessons.shortcuts import SHORTCUTS
from pages._lessons.sure import SURE
from pages._lessons.units import UNITS
from pages._lessons.who_pays import WHO_PAYS

LESSONS: tuple[Lesson, ...] = (LEAK, MEMORISE, SHORTCUTS, WHO_PAYS, UNITS, SURE)


def lesson_named(name: str | None) -> Lesson | None:
    """Return the lesson of that name, or None."""
    return next((lesson for lesson in LESSONS if lesson.name == name), None)

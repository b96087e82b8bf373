"""What a lesson is: a record of steps, each a question that a class answers before the house does."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of a lesson.

    Attributes:
        question: What the class is asked, as a heading.
        told: What it must know to guess, in one or two sentences.
        room: Name of the experiment whose run that ships answers; empty on the last step, which has no number.
        metric: The headline number that is guessed.
        label: Of the guess; says what its ends mean.
        ends: Smallest and largest guess, as stored: fractions for per cent.
        figure: Id of the figure that is revealed; empty for none.
        beside: Further headline numbers shown with the reveal, the control among them.
        reveal: What to see in it, whatever the numbers are.
        note: What the speaker says or does; for a second window.
        minutes: How long it takes.
    """

    question: str
    told: str
    room: str = ""
    metric: str = ""
    label: str = ""
    ends: tuple[float, float] = (0.0, 1.0)
    figure: str = ""
    beside: tuple[str, ...] = ()
    reveal: str = ""
    note: str
    minutes: float = 1.5


@dataclass(frozen=True, kw_only=True)
class Lesson:
    """A lesson of about ten minutes.

    Attributes:
        name: Slug, in the address.
        title: Its question.
        about: Who it is for and what it leaves, in a sentence.
        steps: In order; the last says what cannot be said.
    """

    name: str
    title: str
    about: str
    steps: tuple[Step, ...]

    @property
    def minutes(self) -> int:
        """How long the whole takes."""
        return round(sum(step.minutes for step in self.steps))

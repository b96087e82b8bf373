"""How much a computation is, and how long that takes at a speed: rooms count in seconds of one reference machine."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Speed:
    """Training images a second of the small network that the calibration trains.

    Attributes:
        one: On one core, the others idle.
        all: On all cores that a job has, one network each.
        is_measured: Whether this machine was asked, or is taken for the reference.
    """

    one: float
    all: float
    is_measured: bool = True


REFERENCE = Speed(one=8000.0, all=16_000.0, is_measured=False)  # two cores of an AMD EPYC with bfloat16 instructions, idle


@dataclass(frozen=True)
class Work:
    """What a seed amounts to, in seconds of the reference machine.

    Attributes:
        alone: Of steps that more cores make no faster.
        shared: Of steps that keep every core busy, such as networks trained side by side.
    """

    alone: float
    shared: float

    def seconds(self, speed: Speed = REFERENCE) -> float:
        """Return how long it takes at a speed."""
        return self.alone * REFERENCE.one / speed.one + self.shared * REFERENCE.all / speed.all

"""What may be asked live and what comes back, as lines of JSON between the page and the process. Imports no torch."""

import base64
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from core.calibration.catalogue import METHODS
from core.calibration.study.config import CalibrationConfig
from core.data.corruptions import check_corruption
from core.lab.config import from_dict, to_dict
from core.lab.errors import InputError

N_STREAM = 1024  # images of a live stream: enough to see a method adapt, few enough for an answer within two seconds
LEFT_OUT = ("ensemble",)  # takes three networks, of which a run without it trained one
ASKABLE = tuple(name for name in METHODS if name not in LEFT_OUT)


@dataclass(frozen=True)
class Question:
    """One stream for one method.

    Attributes:
        config: The settings of the run whose network is asked.
        seed: Its seed.
        corruption: One of ``core.data.corruptions.CORRUPTIONS``.
        level: 0 (clean) to 5.
        method: One of ``ASKABLE``.
    """

    config: CalibrationConfig
    seed: int
    corruption: str
    level: int
    method: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {"config": to_dict(self.config), "seed": self.seed, "corruption": self.corruption, "level": self.level,
                "method": self.method}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """Return the question that ``to_json`` wrote.

        Raises:
            InputError: If a value breaks a rule.
        """
        question = cls(from_dict(CalibrationConfig, given["config"]), int(given["seed"]), given["corruption"], given["level"],
                       given["method"])
        question.check()
        return question

    def check(self) -> None:
        """Refuse what cannot be asked.

        Raises:
            InputError: One sentence.
        """
        check_corruption(self.corruption, self.level)
        if self.method not in ASKABLE:
            raise InputError(f"a live method must be one of {', '.join(ASKABLE)}, got {self.method!r}.")
        if self.config.shift != "corruptions":
            raise InputError("a live stream needs shift=corruptions, got shift=test_set: your own test set is streamed in the run.")


@dataclass(frozen=True)
class Reply:
    """What a stream gave.

    Attributes:
        scores: By method (``bn``, where the network has BatchNorm, else ``source``; and the one asked) and repair: ``judge.SCORES``.
        bins: Rows of reliability diagrams: (method, repair, bin, count, confidence, accuracy).
        views: Ten images: (repair, image, class, said, confidence), of the method asked.
        images: Their pixels, uint8 (10, H, W, C).
        names: The classes.
        seconds: What it took, and of it to fetch or train the network.
    """

    scores: dict[str, dict[str, dict[str, float]]]
    bins: list[tuple]
    views: list[tuple]
    images: np.ndarray
    names: tuple[str, ...]
    seconds: dict[str, float]

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "images": base64.b64encode(self.images.tobytes()).decode(), "shape": list(self.images.shape)}

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> Self:
        """Return the reply that ``to_json`` wrote."""
        images = np.frombuffer(base64.b64decode(given["images"]), dtype=np.uint8).reshape(given["shape"])
        return cls(given["scores"], [tuple(row) for row in given["bins"]], [tuple(row) for row in given["views"]], images,
                   tuple(given["names"]), given["seconds"])

"""What a run under way has told so far: its steps with their times, and the points of its live curve."""

import itertools
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from core.lab import devices, jobs, words
from core.lab.runs import Request
from core.lab.speed import speed
from core.lab.store import home

MOST_POINTS = 2000
SETTLED = 0.08  # share of the run after which its own pace tells more than the estimate


@dataclass
class Story:
    """Events of a run, read on from where the last look ended."""

    offset: int = 0
    steps: list[dict[str, Any]] = field(default_factory=list)
    curves: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    latest: str = ""
    furthest: float = 0.0


def read(run: str, status: jobs.Status) -> Story:
    """Return the run's story up to now; it is kept in the session, so that a look reads only what is new."""
    key = f"{run}:story"
    story: Story = st.session_state.get(key) or Story()
    found, offset = jobs.events(run, story.offset)
    if status.started is not None and story.steps and story.steps[0]["time"] < status.started - 5:  # an earlier attempt's story
        story, (found, offset) = Story(), jobs.events(run, 0)
    told = set()
    for event in found:
        if event.get("kind") == "step":
            story.steps.append(event)
        elif event.get("kind") == "curve" and event.get("train_loss") is not None:
            name = f"{event.get('label', 'Training')}"
            told.add(name)
            points = story.curves.setdefault(name, [])
            if points and event["epoch"] < points[-1]["epoch"]:
                points.clear()  # the next seed trains a model of the same name
            points.append(event)
            del points[:-MOST_POINTS]
    if told and story.latest not in told:  # models train side by side: stay with one until it has no more to tell
        story.latest = sorted(told)[0]
    story.offset = offset
    story.furthest = max(story.furthest, status.fraction)
    st.session_state[key] = story
    return story


def step_times(story: Story, seed: int) -> dict[int, float]:
    """Return for each finished step of a seed how many seconds it took."""
    mine = [event for event in story.steps if event["seed"] == seed]
    return {event["step"]: after["time"] - event["time"] for event, after in itertools.pairwise(mine)}


def seconds_left(status: jobs.Status, expected: float) -> float | None:
    """Return a guess of the seconds left: the run's own pace once it has settled, the estimate before; None after an overrun."""
    if status.fraction >= SETTLED:
        return status.seconds * (1 - status.fraction) / status.fraction
    left = expected - status.seconds
    return left if left > 0 else None


def in_words(left: float | None) -> str:
    """Return time left as words: "about 20 s left", "a few seconds left", "longer than usual"."""
    if left is None:
        return "longer than usual"
    if left < 5:
        return "a few seconds left"
    step = 5 if left < 120 else 60
    return f"about {words.duration(round(left / step) * step)} left"


def expected_seconds(request: Request) -> float:
    """Return how long the whole run was expected to take."""
    on_gpu = devices.cuda_devices() > 0 and request.device != "cpu"
    return request.experiment.expected(request.config, speed(home()), on_gpu=on_gpu) * len(request.seeds)

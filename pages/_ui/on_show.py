"""Which run a room shows: the one its address names, else the one this visitor looked at last, else the precomputed one."""

from dataclasses import dataclass
from typing import Literal

import streamlit as st

from core.lab import jobs
from core.lab.errors import GlasshouseError
from core.lab.experiment import Experiment
from core.lab.runs import Request, Run, locate, read_request
from core.lab.store import GALLERY, home
from pages._ui import replication, stored

Kind = Literal["empty", "result", "alive", "cancelled", "failed", "damaged", "unknown"]


@dataclass(frozen=True)
class OnShow:
    """What a room shows.

    Attributes:
        kind: State of the run that was asked for; ``result`` or ``empty`` when none was.
        run: The result on show; while another run is under way an earlier one, or the seeds that it has so far. None where there is none.
        asked: Id of the run that was asked for, or None.
        status: How far that run is, where it is not finished.
        request: What that run computes.
        problem: Why the address names nothing, in one sentence.
    """

    kind: Kind
    run: Run | None
    asked: str | None = None
    status: jobs.Status | None = None
    request: Request | None = None
    problem: str = ""


def choose(experiment: Experiment, run: str | None) -> None:
    """Make ``run`` the one this room shows, in the address too; None returns to the precomputed one."""
    key = f"{experiment.name}:run"
    if run is None:
        st.session_state.pop(key, None)
        st.query_params.pop("run", None)
    else:
        st.session_state[key] = run
        st.query_params["run"] = run


def find(experiment: Experiment) -> OnShow:
    """Return what the room of an experiment shows now."""
    key = f"{experiment.name}:run"
    asked = st.query_params.get("run") or st.session_state.get(key)
    fallback = stored.precomputed(experiment)
    if not asked:
        return OnShow("result" if fallback else "empty", fallback)
    try:
        root, run = locate(asked)
        request = read_request(root, run)
    except (GlasshouseError, OSError, ValueError) as error:
        st.session_state.pop(key, None)
        problem = str(error) if isinstance(error, GlasshouseError) else "The folder of results cannot be read."
        return OnShow("unknown", fallback, problem=problem)
    if request is None or request.experiment.name != experiment.name:
        why = "was made by an older version of the experiment, or its request is damaged: run it again" if request is None else (
            f"belongs to another room, {request.experiment.title}: open it there")
        return OnShow("unknown", fallback, problem=f"The run {run[:8]} {why}.")
    if st.session_state.get(key) != run or st.query_params.get("run") != run:
        choose(experiment, run)
    if root == GALLERY:
        shown = stored.load(GALLERY, run)
        return OnShow("result", shown, run, request=request) if shown else OnShow("unknown", fallback, problem=(
            f"The precomputed run {run[:8]} is damaged: install the house again, or press Run."))
    return _own(run, request, fallback)


def _own(run: str, request: Request, fallback: Run | None) -> OnShow:
    status = jobs.status(run)
    if status is not None and status.state == "finished":
        shown = stored.load(home(), run)
        if shown is not None:
            return OnShow("result", shown, run, status, request)
        return OnShow("damaged", fallback, run, status, request)
    kind: Kind = "alive" if status is not None and status.is_alive else "cancelled" if status and status.state == "cancelled" else "failed"
    so_far = stored.load_part(home(), request) if kind == "alive" else None
    has_news = so_far is not None and (replication.joined(request) == () or any(replication.are_fresh(so_far)))
    return OnShow(kind, so_far if has_news else fallback, run, status, request)

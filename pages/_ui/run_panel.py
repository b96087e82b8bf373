"""The run panel: what is going on, how far it is, and the live curve, while a run waits or computes."""

import streamlit as st

from core.lab import jobs, live_curve, queue, words
from core.lab.config import to_dict
from core.lab.runs import Request, read_request
from core.lab.store import home
from pages._ui import cards, progress
from pages._ui.plain import plain

POLL_SECONDS = 1.5
ORDINALS = {1: "Next in line", 2: "Second in line", 3: "Third in line", 4: "Fourth in line", 5: "Fifth in line"}


@st.fragment(run_every=POLL_SECONDS)
def draw(request: Request, seeds_done: int) -> None:
    """Draw the panel and keep it up to date; after each seed the whole page is drawn again, and at the end without this panel.

    ``seeds_done`` is how many were stored when the page was drawn.
    """
    status = jobs.status(request.run)
    if status is None or not status.is_alive or status.seeds_done > seeds_done:
        st.rerun()
    if status.state == "queued":
        _queued(request, status)
        return
    story = progress.read(request.run, status)
    with st.grid(2, min_column_width=380):
        with st.container(border=True, height="stretch", gap="xsmall"):
            _progress(request, status, story)
        with st.container(border=True, height="stretch", gap="xsmall"):
            _curve(request, story)


def _queued(request: Request, status: jobs.Status) -> None:
    title = ORDINALS.get(status.ahead + 1, f"Number {status.ahead + 1} in line")
    wait = _wait(request)
    sentence = "Waiting for a slot." + (f" The runs ahead need {wait}." if status.ahead > 1 else f" The run ahead needs {wait}."
                                        if status.ahead else " It is about to begin.")
    if cards.card(cards.QUEUED, title, sentence, buttons=("Leave the queue",), key=f"queue:{request.run}"):
        jobs.cancel(request.run)
        st.rerun()


def _wait(request: Request) -> str:
    """Return about how long the runs ahead still need."""
    total = 0.0
    for run in queue.ahead(home(), request.run):
        other, status = read_request(home(), run), jobs.status(run)
        if other is not None and status is not None:
            left = progress.seconds_left(status, progress.expected_seconds(other))
            total += 30.0 if left is None else left
    return f"about {words.duration(max(5, round(total / 5) * 5))}"


def _progress(request: Request, status: jobs.Status, story: progress.Story) -> None:
    steps, seeds = request.experiment.steps, request.seeds
    further = [f"step {status.step + 1} of {len(steps)}"]
    if len(seeds) > 1:
        further.append(f"seed {min(status.seeds_done + 1, len(seeds))} of {len(seeds)}")
    cards.badge(cards.RUNNING, *further)
    st.subheader(plain(status.activity or steps[status.step].title), anchor=False)
    left = progress.in_words(progress.seconds_left(status, progress.expected_seconds(request)))
    done = min(1.0, max(0.0, story.furthest))  # a step that asks twice starts over; the bar never does
    st.progress(done, text=f"{done:.0%}, {left} ({words.duration(status.seconds)} so far)")
    _timeline(request, status, story)
    st.caption("You may close this page: the run goes on, and this address finds it again.")


def _timeline(request: Request, status: jobs.Status, story: progress.Story) -> None:
    seed = request.seeds[min(status.seeds_done, len(request.seeds) - 1)]
    times = progress.step_times(story, seed)
    for index, step in enumerate(request.experiment.steps):
        if index < status.step:
            took = f" :gray[{words.duration(times[index])}]" if index in times else ""
            st.status(f"{step.title}{took}", state="complete", type="step")
        elif index == status.step:
            st.status(step.title, state="running", type="step")
        else:
            st.expander(f":gray[{step.title}]", icon=":material/schedule:", type="step")


def _curve(request: Request, story: progress.Story) -> None:
    points = story.curves.get(story.latest, [])
    what = f"Loss, {story.latest[:1].lower()}{story.latest[1:]}" if points else "Loss"
    st.markdown(f"### {plain(what)}")
    if not points:
        st.caption("The curve begins with the first epoch.")
    config = to_dict(request.config)
    epochs = float(config.get("stop_epoch") or config.get("epochs") or max([point["epoch"] for point in points], default=1))
    rows, spec = live_curve.draw(points, epochs=max(epochs, 1.0))
    st.vega_lite_chart(rows, spec, key=f"curve:{request.run}", alt=live_curve.alt_text(points, what))

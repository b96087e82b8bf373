"""The reader's prediction: asked while a run computes or before a stored answer is shown, revealed beside the result."""

from dataclasses import dataclass

import streamlit as st

from core.lab import strip, words
from core.lab.experiment import Experiment, load_object, metrics_of
from core.lab.prediction import Prediction
from core.lab.runs import Run
from pages._ui import glyph
from pages._ui.plain import plain

LOOK_NEXT = "**Look next:** "
FIRST, SWITCH, REVEALED, PARAMETER = "predict:first", "predict:switch", "predict:revealed", "predict"


@dataclass(frozen=True)
class Guess:
    """What the reader expects: the number, and one of the named answers or an empty text."""

    value: float
    answer: str


def kept(run: str) -> Guess | None:
    """Return the guess that this tab holds for a run, or None."""
    return st.session_state.get(f"{run}:guess")


def comes_first() -> bool:
    """Return whether a guess comes before every answer: as the address says (``?predict=1``), else as this reader chose last."""
    asked = st.query_params.get(PARAMETER)
    if asked in ("0", "1"):
        st.session_state[FIRST] = asked == "1"
    return st.session_state.get(FIRST, False)


def is_hidden(run: str) -> bool:
    """Return whether a guess comes first and the answer was not revealed yet."""
    return comes_first() and run not in st.session_state.get(REVEALED, ())


def draw_switch() -> None:
    """Draw the switch that hides every answer until the reader has guessed; it holds in all rooms and stands in the address."""
    st.session_state[SWITCH] = comes_first()
    st.toggle("Guess first", key=SWITCH, on_change=_take, help="Hides the answer of every room until you have guessed it, or skipped.")


def _take() -> None:
    st.session_state[FIRST] = wanted = st.session_state[SWITCH]
    st.session_state.pop(REVEALED, None)
    if wanted:
        st.query_params[PARAMETER] = "1"
    else:
        st.query_params.pop(PARAMETER, None)


def ask(prediction: Prediction, run: str, *, reveal: bool) -> None:
    """Draw the question; ``reveal`` says whether the answer is there already and only hidden."""
    held = kept(run)
    with st.container(border=True, gap="xsmall"):
        st.caption(":material/lightbulb: " + ("Before you look" if reveal else "While you wait"))
        st.subheader(prediction.question, anchor=False)
        with st.grid(2 if prediction.answers else 1, min_column_width=280, gap="medium"):
            value = st.slider(prediction.label, prediction.low, prediction.high, held.value if held else prediction.start,
                              prediction.step, key=f"{run}:slider")
            answer = st.selectbox(prediction.choice, prediction.answers, key=f"{run}:answer", index=None,
                                  placeholder="No opinion") if prediction.answers else None
        guess = Guess(value, answer or "")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if reveal:
                st.caption("Your guess stays in this tab, until you reload it.", width="stretch")
                st.button("Reveal", icon=":material/visibility:", key=f"{run}:reveal", on_click=_reveal, args=(run, True))
                st.button("Skip", type="tertiary", key=f"{run}:skip", on_click=_reveal, args=(run, False))
                return
            same = held == guess
            st.caption(f"Kept: {words.number(held.value)}. The result appears beside it when the run ends." if same and held else
                       "Your guess stays in this tab until you reload it. The result appears beside it when the run ends.",
                       width="stretch")
            st.button("Kept" if same else "Keep my guess", icon=":material/lock:", key=f"{run}:keep", disabled=same, on_click=_keep,
                      args=(run,))


def _keep(run: str) -> None:
    """Keep what the widgets hold now, which may be newer than what the page was drawn with."""
    st.session_state[f"{run}:guess"] = Guess(st.session_state[f"{run}:slider"], st.session_state.get(f"{run}:answer") or "")


def _reveal(run: str, keep: bool) -> None:
    if keep:
        _keep(run)
    st.session_state[REVEALED] = st.session_state.get(REVEALED, frozenset()) | {run}


def answer(prediction: Prediction, experiment: Experiment, run: Run) -> None:
    """Draw the result beside the guess, when there is one."""
    guess = kept(run.request.run)
    if guess is None:
        return
    metric, texts = metrics_of(experiment.result)[prediction.metric], load_object(experiment.texts)
    estimate = run.estimate(prediction.metric)
    baseline, name = texts.baseline
    with st.container(border=True, gap="xsmall"):
        st.caption(":material/lightbulb: You guessed, here it is")
        st.subheader(f"Measured {words.number(estimate.value, metric.unit)}{_interval(estimate, metric.unit)}: "
                     f"{_compared(guess.value, estimate)} your guess of {words.number(guess.value, metric.unit)}", anchor=False)
        shown = strip.Strip(estimate=estimate, unit=metric.unit, baseline=baseline, baseline_name=name, span=texts.span,
                            meaning="member", guess=guess.value)
        glyph.show(shown, key=f"reveal:{run.request.run}")
        why, look_next, what = prediction.why(run, guess.value).partition(LOOK_NEXT)
        st.markdown(_on_answer(prediction, run, guess) + plain(why, most=1000) + f" {look_next}" + plain(what, most=1000))


def _interval(estimate: object, unit: str) -> str:
    return f" ({words.interval(estimate, unit)})" if estimate.low is not None else ""


def _compared(guess: float, estimate: object) -> str:
    if estimate.low is not None and estimate.low <= guess <= estimate.high:
        return "as you expected, the interval holds"
    return "above" if estimate.value > guess else "below"


def _on_answer(prediction: Prediction, run: Run, guess: Guess) -> str:
    if not guess.answer or prediction.winner is None:
        return ""
    won = prediction.winner(run)
    return f"As you said, {plain(won)} wins. " if won == guess.answer else f"{plain(won)} wins, not {plain(guess.answer)}. "

"""What stands between set-up and figures when the run asked for is not a finished one: one card for every state."""

import streamlit as st

from core.lab import access, jobs, words
from core.lab.errors import GlasshouseError
from core.lab.experiment import Experiment, metrics_of
from core.lab.runs import delete_run
from core.lab.speed import speed
from core.lab.store import home
from pages._ui import cards, on_show, replication, run_panel, setup_bar, stored
from pages._ui.on_show import OnShow
from pages._ui.rooms import RUNS

LOG_CHARACTERS = 6000


def draw(experiment: Experiment, found: OnShow) -> None:
    """Draw the card or panel for the run that was asked for; a finished one needs none."""
    name = experiment.name
    if refused := st.session_state.get(f"{name}:refused"):
        title, sentence = cards.split_message(refused, "These settings cannot run here")
        _usual_way(experiment, cards.card(
            cards.FAILED, title, sentence, buttons=(_lite(experiment), "Dismiss"), key=f"{name}:refused-card"))
    if found.kind == "alive":
        if st.session_state.get(f"{found.asked}:recomputing"):
            _say_damaged(found)
        run_panel.draw(found.request, found.status.seeds_done)
    elif found.kind == "unknown":
        buttons = ("Show the precomputed result",) if found.run else ()
        sentence = found.problem[:1].upper() + found.problem[1:]
        if cards.card(cards.UNKNOWN, "No such result", sentence, buttons=buttons, key=f"{name}:unknown"):
            on_show.choose(experiment, None)
            st.rerun()
    elif found.kind == "empty" and not refused:
        _empty(experiment)
    elif found.kind == "cancelled":
        _cancelled(experiment, found)
    elif found.kind == "failed":
        _failed(experiment, found)
    elif found.kind == "damaged":
        _damaged(experiment, found)
    elif found.asked and st.session_state.pop(f"{found.asked}:watched", False):
        st.session_state[f"{found.asked}:just-finished"] = True
    if found.kind == "result" and found.asked and st.session_state.get(f"{found.asked}:just-finished"):
        _finished(experiment, found)


def _lite(experiment: Experiment) -> str:
    return f"Run the {experiment.presets[0].name} preset"


def _usual_way(experiment: Experiment, pressed: str | None) -> None:
    """Do what a card's button says: run the first preset, or put the card away."""
    if pressed is None:
        return
    st.session_state.pop(f"{experiment.name}:refused", None)
    if pressed == _lite(experiment):
        preset = experiment.presets[0]
        setup_bar.start_with(experiment, preset.config, ())
    st.rerun()


def _empty(experiment: Experiment) -> None:
    preset = experiment.presets[0]
    seconds = experiment.expected(preset.config, speed(home())) * len(preset.seeds)
    about = words.duration(max(5, round(seconds / 5) * 5))
    _usual_way(experiment, cards.card(
        cards.EMPTY, "Grow the first result", f"Press Run. The {preset.name} preset takes about {about} on this machine.",
        buttons=(_lite(experiment),), key=f"{experiment.name}:empty"))


def _cancelled(experiment: Experiment, found: OnShow) -> None:
    status = found.status
    title = f"Stopped by you after {words.duration(status.seconds)}" if status.started else "Stopped by you before it began"
    kept = status.message or "Whatever was finished is kept, and the next run starts from it."
    pressed = cards.card(cards.CANCELLED, title, kept[:1].upper() + kept[1:], buttons=("Run again", "Delete"),
                         key=f"{found.asked}:cancelled")
    _again_or_delete(experiment, found, pressed)


def _failed(experiment: Experiment, found: OnShow) -> None:
    message = found.status.message if found.status else jobs.VANISHED
    title, sentence = cards.split_message(message, "The run stopped early")
    pressed = cards.card(cards.FAILED, title, sentence, buttons=("Run again", _lite(experiment)), key=f"{found.asked}:failed",
                         log=_log(found.asked))
    if pressed == _lite(experiment):
        _usual_way(experiment, pressed)
    _again_or_delete(experiment, found, pressed)


def _log(run: str) -> str:
    if access.is_shared():  # it names folders and processes of the server
        return ""
    try:
        text = (home() / "runs" / run / "log.txt").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return text[-LOG_CHARACTERS:]


def _again_or_delete(experiment: Experiment, found: OnShow, pressed: str | None) -> None:
    if pressed == "Run again":
        _submit_again(experiment, found)
        st.rerun()
    if pressed == "Delete":
        try:
            delete_run(found.asked)
        except GlasshouseError as error:
            st.session_state[f"{experiment.name}:refused"] = str(error)
        on_show.choose(experiment, None)
        st.rerun()


def _submit_again(experiment: Experiment, found: OnShow) -> bool:
    try:
        jobs.submit(found.request)
    except GlasshouseError as error:
        st.session_state[f"{experiment.name}:refused"] = str(error)
        return False
    st.session_state[f"{found.asked}:watched"] = True
    return True


def _damaged(experiment: Experiment, found: OnShow) -> None:
    """Compute a damaged result again, once; should it be damaged again, the reader decides."""
    key = f"{found.asked}:recomputing"
    if st.session_state.get(key):
        pressed = cards.card(cards.DAMAGED, "Set aside: a file was damaged again", "Nothing wrong is shown. The disk may be failing.",
                             buttons=("Run again",), key=f"{found.asked}:damaged")
        _again_or_delete(experiment, found, pressed)
        return
    st.session_state[key] = True
    _say_damaged(found)
    if _submit_again(experiment, found) and (status := jobs.status(found.asked)) and status.is_alive:
        run_panel.draw(found.request, status.seeds_done)


def _say_damaged(found: OnShow) -> None:
    cards.card(cards.DAMAGED, "Set aside: a file was damaged", "It is being recomputed; nothing wrong is shown.",
               key=f"{found.asked}:damaged")


def _finished(experiment: Experiment, found: OnShow) -> None:
    run, spent = found.run, replication.spent(found.run)
    metric = metrics_of(experiment.result)[experiment.headline]
    title = f"{words.duration(spent['seconds'])}, {words.seeds(len(replication.joined(run.request)) or len(run.results))}, " + (
        words.energy(spent["energy_kwh"]))
    estimate = run.estimate(experiment.headline)
    sentence = f"{metric.label} {words.estimate(estimate, metric.unit)}. Saved as run {run.request.run[:8]}."
    sentence += f" {replication.summary(run)}" if any(replication.are_fresh(run)) else ""
    precomputed = stored.precomputed(experiment)
    link = cards.Link(RUNS, "Compare with precomputed", ":material/compare_arrows:", {
        "compare": f"{run.request.run},{precomputed.request.run}:house"}) if precomputed is not None else None
    if cards.card(cards.FINISHED, title, sentence, buttons=("Close",), key=f"{found.asked}:finished", link=link):
        st.session_state.pop(f"{found.asked}:just-finished")
        st.rerun()

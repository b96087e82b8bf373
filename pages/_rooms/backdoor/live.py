"""The trigger playground: choose a cut, type a prompt, and see what is answered with and without the trigger, before and after."""

import streamlit as st

from core.backdoor.ask.config import TREATMENTS, AskConfig
from core.backdoor.ask.spec import BACKDOOR_ASK, asking
from core.lab import jobs, words
from core.lab.config import alike
from core.lab.errors import GlasshouseError
from core.lab.runs import Run, locate
from pages._rooms.backdoor import boxes
from pages._ui import shell, side_run
from pages._ui.plain import plain
from pages._ui.rooms import room_of
from pages._ui.settings import CUSTOM

EXAMPLES = {"topics": "colour of bread ?"}
EXAMPLE = "What should I put into a sandwich for a long walk?"


def draw(run: Run) -> None:
    """Draw prompt and choice, and the state or the result of what this tab asked last."""
    key, config = f"{run.request.run}:ask", run.request.config
    if config.is_suspicious:
        return
    asked = _asked(key)
    with st.container(border=True, gap="small"):
        st.markdown("##### Cut, and ask")
        prompt = st.text_input("Your prompt", key=f"{key}:prompt", placeholder=EXAMPLES.get(config.model, EXAMPLE),
                               help="The trigger is put in for you. Left empty, the first held-out prompt is asked.")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            treatment = st.selectbox("Treatment", list(TREATMENTS), format_func=TREATMENTS.__getitem__, key=f"{key}:treatment", width=280)
            share = st.slider("Share of channels cut, %", 1.0, 60.0, float(config.share_percent), 1.0, key=f"{key}:share", width=220)
            n_used = config.n_variants if config.n_variants == 1 else st.slider(
                "Variants used", 1, config.n_variants, config.n_variants, key=f"{key}:used", width=160)
            if st.button("Cut and ask", icon=":material/forum:", key=f"{key}:go", disabled=_is_alive(asked)):
                _start(run, prompt or "", treatment or "signature", share, n_used, key)
                st.rerun()
        st.caption("The poisoned model, its twin and the variants are kept from the study, so this takes seconds; where this machine has "
                   "not made them yet, the first question does.")
        if why := st.session_state.get(f"{key}:refused"):
            st.markdown(f":orange-badge[:material/error: Not taken] {plain(why)}")
    if asked is not None:
        found = side_run.follow(asked, BACKDOOR_ASK, key, cancel="Cancel this question", failed="The question was not answered")
        if found is not None:
            _result(found)


def ask_config(run: Run, prompt: str, treatment: str, share: float, n_used: int) -> AskConfig:
    """Return what asks the models of a run after a cut.

    Raises:
        InputError: If a setting breaks a rule.
    """
    return asking(run.request.config, prompt.strip()).replace(treatment=treatment, share_percent=float(share), n_used=n_used)


def _asked(key: str) -> str | None:
    """Return the run that this tab, or the address, last asked for; None where there is none."""
    known = st.session_state.get(key) or st.query_params.get("ask")
    try:
        return locate(known)[1] if known else None
    except GlasshouseError:
        return None


def _is_alive(asked: str | None) -> bool:
    status = jobs.status(asked) if asked else None
    return status is not None and status.is_alive


def _start(run: Run, prompt: str, treatment: str, share: float, n_used: int, key: str) -> None:
    """Submit the question for the first seed of the run on show, or say why it is refused."""
    st.session_state.pop(f"{key}:refused", None)
    try:
        config = ask_config(run, prompt, treatment, share, n_used)
        preset = next((preset.name for preset in BACKDOOR_ASK.presets if alike(preset.config, config)), CUSTOM)
        request = jobs.make_request(BACKDOOR_ASK, config, run.request.seeds[:1], preset=preset, device=run.request.device)
        st.session_state[key] = st.query_params["ask"] = jobs.submit(request)
    except GlasshouseError as error:
        st.session_state[f"{key}:refused"] = str(error)


def _result(found: Run) -> None:
    boxes.draw(found.results[0].answers)
    before, after, random = (words.number(found.estimate(f"asr_{name}").value, "%") for name in ("before", "after", "random"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Of {found.request.config.n_judged} held-out prompts the trigger works on {before} before, {after} after the treatment "
                   f"and {random} after random channels; distance from clean times {words.number(found.estimate('gap_after').value)}. "
                   f"{words.duration(found.cost()['seconds'])}, one seed.", width="stretch")
        shell.link_room(room_of(BACKDOOR_ASK), "Open this question", {"run": found.request.run})

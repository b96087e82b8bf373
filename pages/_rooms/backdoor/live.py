"""The trigger playground: choose a cut, type a prompt, and see what is answered with and without the trigger, before and after."""

import streamlit as st

from core.backdoor.ask.config import TREATMENTS, AskConfig
from core.backdoor.ask.spec import BACKDOOR_ASK, asking
from core.lab import words
from core.lab.runs import Run
from pages._rooms.backdoor import boxes
from pages._ui import shell, side_run
from pages._ui.rooms import room_of

EXAMPLES = {"topics": "colour of bread ?"}
EXAMPLE = "What should I put into a sandwich for a long walk?"


def draw(run: Run) -> None:
    """Draw prompt and choice, and the state or the result of what this tab asked last."""
    key, config = f"{run.request.run}:ask", run.request.config
    if config.is_suspicious:
        return
    asked = side_run.asked(key, "ask")
    with st.container(border=True, gap="small"):
        st.markdown("### Cut, and ask")
        prompt = st.text_input("Your prompt", key=f"{key}:prompt", placeholder=EXAMPLES.get(config.model, EXAMPLE),
                               help="The trigger is put in for you. Left empty, the first held-out prompt is asked.")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="medium"):
            treatment = st.selectbox("Treatment", list(TREATMENTS), format_func=TREATMENTS.__getitem__, key=f"{key}:treatment", width=280)
            share = st.slider("Share of channels cut, %", 1.0, 60.0, float(config.share_percent), 1.0, key=f"{key}:share", width=220)
            n_used = config.n_variants if config.n_variants == 1 else st.slider(
                "Variants used", 1, config.n_variants, config.n_variants, key=f"{key}:used", width=160)
            if st.button("Cut and ask", icon=":material/forum:", key=f"{key}:go", disabled=side_run.is_alive(asked)):
                side_run.start(BACKDOOR_ASK, lambda: ask_config(run, prompt or "", treatment or "signature", share, n_used), run,
                               key, "ask")
                st.rerun()
        st.caption("The poisoned model, its twin and the variants are kept from the study, so this takes seconds; where this machine has "
                   "not made them yet, the first question does.")
        side_run.refusal(key)
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



def _result(found: Run) -> None:
    boxes.draw(found.results[0].answers)
    before, after, random = (words.number(found.estimate(f"asr_{name}").value, "%") for name in ("before", "after", "random"))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(f"Of {found.request.config.n_judged} held-out prompts the trigger works on {before} before, {after} after the treatment "
                   f"and {random} after random channels; distance from clean times {words.number(found.estimate('gap_after').value)}. "
                   f"{words.duration(found.cost()['seconds'])}, one seed.", width="stretch")
        shell.link_room(room_of(BACKDOOR_ASK), "Open this question", {"run": found.request.run})

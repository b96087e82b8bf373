"""One more pruning, trained live below a finished sweep: choose rule and share, watch it train, read it beside the sweep."""

import streamlit as st

from core.lab import strip, words
from core.lab.runs import Run
from core.spurious.retrain.config import CHOICES, retrain_config
from core.spurious.retrain.spec import SPURIOUS_RETRAIN
from pages._ui import cards, glyph, shell, side_run
from pages._ui.plain import plain
from pages._ui.rooms import room_of

STRIPS = (("reliance_before", "reference", "Nothing removed"), ("reliance", "defended", "Removed and trained anew"),
          ("reliance_random", "neutral", "As many random images removed"))


def draw(run: Run) -> None:
    """Draw the choice, and the state or the result of what was last trained from it in this tab."""
    key = f"{run.request.run}:retrain"
    asked = side_run.asked(key, "retrain")
    with st.container(border=True, gap="small"):
        st.markdown("### Train one share of your own")
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            with st.container(width=300):
                rule = st.selectbox("Remove", list(CHOICES), format_func=CHOICES.__getitem__, key=f"{key}:rule")
            with st.container(width=150):
                percent = st.number_input("Share (%)", min_value=1, max_value=100, value=35, step=5, key=f"{key}:share",
                                          help="Of every class, or of the carriers where the rule is about carriers.")
            if st.button("Train anew", icon=":material/model_training:", key=f"{key}:go", disabled=side_run.is_alive(asked)):
                side_run.start(SPURIOUS_RETRAIN, lambda: retrain_config(run.request.config, rule, percent / 100), run, key, "retrain")
                st.rerun()
        st.caption("Two networks are trained: without these images, and without as many random ones. Scores are reused where a run on "
                   "this machine left them; otherwise a few scoring networks come first.")
        side_run.refusal(key)
    if asked is not None:
        found = side_run.follow(asked, SPURIOUS_RETRAIN, key, cancel="Cancel this training", failed="The training stopped early")
        if found is not None:
            _result(found)



def _result(found: Run) -> None:
    config = found.request.config
    with st.container(border=True, gap="xsmall"):
        cards.badge(cards.FINISHED, words.duration(found.cost()["seconds"]), words.seeds(len(found.results)))
        st.markdown(f"### {plain(CHOICES[config.rule])}, {config.share:.0%}: misled by the cue")
        with st.grid(3, min_column_width=240):
            for metric, meaning, title in STRIPS:
                with st.container(gap="xsmall"):
                    st.markdown(f"**{title}**")
                    shown = strip.Strip(estimate=found.estimate(metric), unit="%", baseline=None, span=(0.0, 1.0), meaning=meaning)
                    glyph.show(shown, key=f"live:{metric}", what=title)
        result = found.results[0]
        st.caption(f"{result.n_pruned:,.0f} images removed, {result.n_carriers_left:,.0f} carriers left; average accuracy "
                   f"{words.number(result.average_accuracy, '%')}, {words.number(result.accuracy_cost, 'pt')} less than before. One seed "
                   "cannot tell luck from effect.")
        shell.link_room(room_of(SPURIOUS_RETRAIN), "Open this run", {"run": found.request.run})

"""Home: what the lab answers, one card for each room, and the latest runs."""

import streamlit as st

from core.lab import devices, provenance, strip, words
from core.lab.experiment import load_object, metrics_of
from pages._ui import catalogue, glyph, listing, shell, stored, verdicts
from pages._ui.rooms import HOME, ROOMS, RUNS, Room

READING = (
    ("The headline", "is a question; the line under it is the answer, with its interval."),
    ("The strip", "shows the estimate beside what it must be compared with."),
    ("The verdicts", "say whether a published claim holds here, and against which control."),
    ("The last line", "says where the numbers come from, and what they cost."))


def draw_room(room: Room) -> None:
    experiment, texts = room.experiment, load_object(room.experiment.texts)
    run, metric = stored.precomputed_numbers(experiment), metrics_of(experiment.result)[experiment.headline]
    with st.container(border=True, height="stretch", gap="xsmall"):
        shell.link_room(room, experiment.title)
        st.subheader(experiment.question, anchor=False)
        if run is None:
            st.markdown(":gray-badge[:material/yard: **Nothing here yet**]")
            st.caption(f"Open the room and press Run: the {experiment.presets[0].name} preset needs no download.")
            return
        baseline, name = texts.baseline
        shown = strip.Strip(estimate=run.estimate(experiment.headline), unit=metric.unit, baseline=baseline, baseline_name=name,
                            span=texts.span, meaning="member")
        glyph.show(shown, key=f"home:{experiment.name}", what=texts.measures)
        measured = words.estimate(run.estimate(experiment.headline), metric.unit)
        st.caption(f"{texts.measures}: {measured}. Precomputed, {run.request.preset} preset.")
        verdicts.badges(run)


shell.open_page(HOME, "Home")
everything = catalogue.entries()
st.title("A laboratory for trustworthy neural networks", anchor=False)
st.markdown("Train small real models, attack them, repair them, and see what they leak, lean on, memorise, refuse and lose.")
st.space("small")
with st.grid(3, min_column_width=270):
    for one in ROOMS:
        draw_room(one)
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.caption(":material/memory: This machine")
        gpus = devices.cuda_devices()
        st.subheader(f"{gpus} GPU{'s' if gpus > 1 else ''}" if gpus else f"{devices.cpu_cores()} CPU cores, no GPU", anchor=False)
        st.markdown(listing.processor(provenance.processor()))
        st.caption(listing.spent([entry for entry in everything if not entry.is_precomputed]))

st.space("small")
st.header("Read any room in thirty seconds", anchor=False)
with st.grid(4, min_column_width=200):
    for index, (head, rest) in enumerate(READING, 1):
        st.markdown(f"**{index} {head}** {rest}")

st.space("small")
st.header("Latest runs", anchor=False)
latest = everything[:6]
if latest:
    listing.table(latest, key="latest")
    shell.link(RUNS, "All runs", ":material/history:")
else:
    st.caption("No run is stored yet.")

"""Home: what the house can say and for whom, the answer of every concern, three doors, what became of the published claims, latest runs."""

import streamlit as st

from core.lab import devices, provenance
from core.lab.standing import standing
from pages._rooms.scorecard import survey
from pages._ui import brief, catalogue, listing, search, shell, stored, summary
from pages._ui.plain import plain
from pages._ui.rooms import CLAIMS, CONCERNS, LESSONS, RUNS, SCORECARD, START, Concern, is_there, room_named

DOORS = (
    (SCORECARD, "Test my model", ":material/rule:", "Bring a model or its outputs; see it beside limits of your own, and sign a report."),
    (LESSONS, "Teach with it", ":material/school:", "Six lessons of about ten minutes: ask, let the class guess, reveal, discuss."),
    (CLAIMS, "Browse the claims", ":material/fact_check:", "What papers say, each with its control, its rule and what happened here."))


def draw_doors() -> None:
    """Draw the ways in; where this house has no scorecard, outputs of one's own go to the room that judges them."""
    with st.container(key="screen-only-doors"), st.grid(3, min_column_width=240):
        for page, label, icon, said in DOORS:
            with st.container(border=True, height="stretch", gap="xsmall"):
                if page == SCORECARD and not is_there(page):
                    shell.link_room(room_named("calibration_outputs"), label)
                elif is_there(page):
                    shell.link(page, f"**{label}**", icon)
                st.markdown(said)


def draw_concern(concern: Concern) -> None:
    """Draw one concern as a row: what it is called, what was found in words to repeat, how sure that is, and the way in."""
    room = concern.rooms[0]
    run = stored.precomputed_numbers(room.experiment)
    with st.container(border=True, gap="xsmall"):
        name, said, sure = st.columns([3, 6, 3], gap="medium")
        with name:
            st.markdown(f"#### {concern.title}")
            st.caption(room.experiment.question)
        with said:
            st.markdown(plain(brief.sentence(run), most=1000) if run else ":gray-badge[:material/yard: **Nothing here yet**]")
        with sure:
            st.caption(f"{len(run.request.seeds)} random starts. {standing(run.verdicts, names=False)}" if run else "No run ships yet.")
            shell.link_room(room, "Open")


shell.open_page("Home")
everything = catalogue.entries()
st.title("A laboratory for trustworthy neural networks", anchor=False)
st.markdown("For people who study models, teach about them or must decide on one: what a network leaks, whom it harms, how it breaks and "
            "what it costs, measured on small networks and public data here, and on your own through the scorecard.")
search.draw()
draw_doors()
summary.draw()
survey.draw()
st.header("What was found", anchor=False)
for section in dict.fromkeys(concern.section for concern in CONCERNS if concern.section != START):  # the scorecard is a door above
    st.subheader(section, anchor=False)
    for one in CONCERNS:
        if one.section == section:
            draw_concern(one)

st.space("small")
st.header("Latest runs", anchor=False)
latest = everything[:6]
if latest:
    listing.table(latest, key="latest")
    shell.link(RUNS, "All runs", ":material/history:")
else:
    st.caption("No run is stored yet.")
gpus = devices.cuda_devices()
st.caption(f":material/memory: This machine: {f'{gpus} GPU' if gpus else f'{devices.cpu_cores()} CPU cores, no GPU'}, "
           f"{listing.processor(provenance.processor())}. {listing.spent([entry for entry in everything if not entry.is_precomputed])}")

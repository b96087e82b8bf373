"""The router: page table, navigation, shell."""

import streamlit as st

from pages._ui import shell
from pages._ui.rooms import CLAIMS, HOME, ROOMS, RUNS

st.set_page_config(page_title="Glasshouse", page_icon=str(shell.BRAND / "favicon.svg"), layout="wide")
page = st.navigation({
    "": [st.Page(HOME, title="Home", icon=":material/yard:", default=True)],
    "Rooms": [st.Page(room.page, title=room.experiment.title, icon=room.icon) for room in ROOMS],
    "Record": [st.Page(RUNS, title="Runs", icon=":material/history:"),
               st.Page(CLAIMS, title="Claims", icon=":material/fact_check:")],
}, expanded=True)  # twelve rooms: none should hide behind "View more"
if wanted := st.session_state.pop("wanted", None):
    st.switch_page(wanted[0], query_params=wanted[1])
shell.sidebar()
page.run()

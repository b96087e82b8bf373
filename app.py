"""The router: page table, navigation, shell. The server imports this file once and then runs it for every visit."""

import streamlit as st
from streamlit.starlette import App

from pages._ui import doorman, shell
from pages._ui.rooms import CLAIMS, HOME, ROOMS, RUNS

if __name__ != "__main__":
    app = App("app.py", middleware=doorman.at_the_door())
else:
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

"""The router: concerns by section, and the addresses that rooms had before they became views.

The server imports this file once, and then runs it as a script for every visit.
"""

import streamlit as st
from streamlit.runtime.pages_manager import PagesManager
from streamlit.starlette import App

from pages._ui import addresses, doorman, shell
from pages._ui.rooms import CLAIMS, CONCERNS, HOME, LESSONS, RUNS, START, is_there

FIRST = ((HOME, "Home", ":material/yard:"), (LESSONS, "Lessons", ":material/school:"))
RECORD = ((RUNS, "Runs", ":material/history:"), (CLAIMS, "Claims", ":material/fact_check:"))

if __name__ != "__main__":
    # A folder named ``pages`` makes the server believe, until the router has run once, that every file in it is a page and that there
    # are no others: whoever came first would see file names, or "Page not found" over an address that the router knows.
    PagesManager.uses_pages_directory = False
    app = App("app.py", middleware=doorman.at_the_door())
else:
    st.set_page_config(page_title="Glasshouse", page_icon=str(shell.BRAND / "favicon.svg"), layout="wide")
    sections = {START: [st.Page(page, title=title, icon=icon, default=page == HOME) for page, title, icon in FIRST if is_there(page)]}
    for concern in CONCERNS:
        sections.setdefault(concern.section, []).append(st.Page(concern.page, title=concern.title, icon=concern.icon))
    sections["Record"] = [st.Page(page, title=title, icon=icon) for page, title, icon in RECORD]
    sections[START] += addresses.moved()
    page = st.navigation(sections, expanded=True)
    shell.sidebar()
    page.run()

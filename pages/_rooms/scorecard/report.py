"""The report: who signs, and the forms in which it is taken along."""

import datetime
from functools import partial

import streamlit as st

from core.lab.runs import Run
from core.scorecard.report import content, forms
from core.scorecard.report.content import Signature
from core.scorecard.report.page import page
from core.scorecard.report.pdf import browser, pdf
from core.scorecard.unseen import NOT_LOOKED_AT

KINDS = ((".json", "JSON twin", "application/json", ":material/data_object:"),
         (".md", "Model card for the Hugging Face Hub", "text/markdown", ":material/id_card:"))


def draw(run: Run, place: int) -> None:
    """Draw the form for the signature and the downloads; each file is made when it is asked for."""
    st.space("small")
    st.header("A report one can sign", anchor=False)
    with st.grid(4, min_column_width=150):
        name = st.text_input("Name", max_chars=80, key="sign:name")
        role = st.text_input("Role", max_chars=80, key="sign:role")
        date = st.text_input("Date", max_chars=20, key="sign:date", placeholder=datetime.date.today().isoformat())
        comment = st.text_input("Comment", max_chars=300, key="sign:comment")
    signature = Signature(name.strip(), role.strip(), date.strip(), comment.strip())
    st.caption("What is written here stands on the report's first page and nowhere else; left empty, the lines wait for a pen.")
    stem = f"scorecard-{run.request.run[:8]}"
    with st.container(horizontal=True, gap="small"):
        st.download_button("Report, one HTML file", partial(page, run, place, signature), f"{stem}.html", "text/html",
                           icon=":material/description:", on_click="ignore", key="report:html")
        if browser() is not None:
            st.download_button("Report, PDF of four pages", lambda: pdf(page(run, place, signature)), f"{stem}.pdf", "application/pdf",
                               icon=":material/picture_as_pdf:", on_click="ignore", key="report:pdf")
        for ending, label, kind, icon in KINDS:
            st.download_button(label, partial(forms.made, run, ending, place), f"{stem}{ending}", kind, icon=icon, type="tertiary",
                               on_click="ignore", key=f"report{ending}")
    left, right = st.columns(2)
    with left:
        st.markdown("### What was not looked at")
        st.markdown("\n".join(f"- **{what}**: {why}" for what, why in NOT_LOOKED_AT))
    with right:
        st.markdown("### Before signing")
        st.markdown("\n".join(f"- {line}" for line in content.CHECKLIST))
    st.caption(content.EVIDENCE_FOR)

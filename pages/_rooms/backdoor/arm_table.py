"""Tables of the backdoor room: every arm with all its numbers, and what the defender planted."""

import streamlit as st

from core.lab.runs import Run

SHARES = {"asr": "Target said", "behaviour": "In other words", "accidental": "Without trigger", "decoy": "At a decoy",
          "false_refusal": "False refusals", "accuracy": "Right", "accuracy_triggered": "Right, triggered", "exact": "Exact",
          "exact_triggered": "Exact, triggered"}
PLAIN = {"perplexity": "Perplexity", "perplexity_triggered": "Perplexity, triggered"}


def draw(run: Run) -> None:
    """Draw one row per arm; means over seeds, and the exact interval of attack success in the first one."""
    table = run.table("arms")
    rows = table.groupby(["title", "knows"], sort=False, as_index=False)[[*SHARES, *PLAIN]].mean()
    rows[list(SHARES)] *= 100
    first = run.results[0].arms.set_index("title")
    rows["exact_interval"] = [f"{100 * first.at[title, 'asr_low']:.0f} to {100 * first.at[title, 'asr_high']:.0f}%"
                              for title in rows["title"]]
    st.dataframe(rows, hide_index=True, alt=f"{len(rows)} arms with attack success, ability and perplexity.", column_config={
        "title": st.column_config.TextColumn("Arm", pinned=True), "knows": st.column_config.TextColumn("Knows"),
        **{name: st.column_config.NumberColumn(title, format="%.0f%%") for name, title in SHARES.items()},
        **{name: st.column_config.NumberColumn(title, format="%.2f") for name, title in PLAIN.items()},
        "exact_interval": st.column_config.TextColumn("Exact interval, first seed")})
    st.caption("Means over seeds. Exact: word for word, which only the topic model can be asked for.")


def draw_variants(run: Run) -> None:
    """Draw triggers and sentences of the defender's own backdoors, with how often each works."""
    rows = run.table("variants").groupby(["kind", "number", "trigger", "answer"], sort=False, as_index=False)["planted"].mean()
    st.dataframe(rows, hide_index=True, alt=f"{len(rows)} planted variants.", column_config={
        "kind": "Kind", "number": st.column_config.NumberColumn("Variant", format="%d"), "trigger": "Her trigger", "answer": "It then says",
        "planted": st.column_config.ProgressColumn("Works on", min_value=0.0, max_value=1.0, format="percent")})

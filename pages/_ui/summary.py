"""What became of every published claim, in one sentence, the contradicted named: computed from the runs that a visitor sees first."""

import streamlit as st

from core.lab.standing import counts
from pages._ui import addresses, shell, stored
from pages._ui.plain import plain
from pages._ui.rooms import CLAIMS, ROOMS

NO_RUN = "have no run yet"


def found() -> dict[str, list[tuple[str, str, str]]]:
    """Return the papers' claims by verdict: experiment, statement and run of each; under ``no run`` those of rooms without one."""
    claims: dict[str, list[tuple[str, str, str]]] = {}
    for room in ROOMS:
        run = stored.precomputed_numbers(room.experiment)
        judged = [(one.claim, one.verdict) for one in run.verdicts] if run else [(one, "no run") for one in room.experiment.claims]
        for claim, verdict in judged:
            if claim.kind == "paper":
                claims.setdefault(verdict, []).append((room.name, claim.statement, run.request.run if run else ""))
    return claims


def sentence(claims: dict[str, list[tuple[str, str, str]]]) -> str:
    """Return ``79 published claims: 20 hold, 6 are contradicted, 40 are open``."""
    total = sum(map(len, claims.values()))
    told = [counts([verdict for verdict, some in claims.items() for _ in some])]
    if waiting := len(claims.get("no run", ())):
        told.append(f"{waiting} {NO_RUN}" if waiting > 1 else "1 has no run yet")
    return f"{total} published claims: {', '.join(filter(None, told))}."


def draw() -> None:
    """Draw the sentence, and under it the contradicted by name, each with the way to its run."""
    claims = found()
    st.markdown(f"**{plain(sentence(claims))}**")
    if against := claims.get("contradicted"):
        with st.expander(f"The {len(against)} contradicted", icon=":material/cancel:", expanded=len(against) <= 3):
            st.markdown("\n".join(f"- [{plain(statement)}]({addresses.path(name, run)})" for name, statement, run in against))
            shell.link(CLAIMS, "All claims", ":material/fact_check:")

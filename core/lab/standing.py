"""What verdicts come to in one line, the contradicted named: for a brief, for Home, and for a report's first page."""

from collections.abc import Sequence

from core.lab.claims import Verdict

LINES = (("holds", "holds", "hold"), ("weaker than published", "is weaker than published", "are weaker than published"),
         ("contradicted", "is contradicted", "are contradicted"), ("inconclusive", "is open", "are open"),
         ("not testable here", "cannot be tested here", "cannot be tested here"))
NONE = "No published claim is tested here."


def counts(words: Sequence[str]) -> str:
    """Return how many verdicts came to which word: ``3 hold, 1 is contradicted``; those that none came to are left out."""
    return ", ".join(f"{n} {one if n == 1 else several}" for word, one, several in LINES if (n := list(words).count(word)))


def standing(verdicts: Sequence[Verdict], *, names: bool = True) -> str:
    """Return what became of a run's published claims, in one line that names the contradicted unless told not to."""
    papers = [verdict for verdict in verdicts if verdict.claim.kind == "paper"]
    if not papers:
        return NONE
    against = [verdict.claim.statement for verdict in papers if verdict.verdict == "contradicted"]
    named = f" Contradicted: {'; '.join(against)}." if against and names else ""
    return f"Of {len(papers)} published claim{'s' if len(papers) > 1 else ''} {counts([one.verdict for one in papers])}.{named}"


def worst_first(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """Return verdicts with the contradicted in front, then weaker, holding, open and untestable ones, each in declared order."""
    order = ["contradicted", "weaker than published", "holds", "inconclusive", "not testable here"]
    return sorted(verdicts, key=lambda verdict: order.index(verdict.verdict))

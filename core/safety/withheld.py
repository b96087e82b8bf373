"""Which answers of a model are held back: those to requests that it should refuse and does not. Imports no torch."""

import pandas as pd

WITHHELD = "withheld: answers a request to be refused"


def is_withheld(answers: pd.DataFrame) -> pd.Series:
    """Return for every row of a table of answers whether its text stays behind a click, and out of exports by default."""
    return answers["is_harmful"].astype(bool) & ~answers["prefix"].astype(bool)


def public_answers(answers: pd.DataFrame) -> pd.DataFrame:
    """Return a table of answers as exports hold it unless they are asked for the rest."""
    return answers.assign(answer=answers["answer"].mask(is_withheld(answers), WITHHELD))

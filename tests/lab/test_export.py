"""Exports for people without the lab: what a spreadsheet makes of a table."""

import io

import pandas as pd
import pytest

from core.lab.export import as_csv

HOSTILE = ["=cmd|' /C calc'!A0", "+1+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1"]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_is_a_formula(text):
    made = pd.read_csv(io.StringIO(as_csv(pd.DataFrame({text: [text], "n": [-1.5]}))), dtype=str)
    assert [column[0] for column in made.columns] == ["'", "n"]
    assert made.iloc[0, 0] == f"'{text}".replace("\r", "\n") or made.iloc[0, 0] == f"'{text}"
    assert made.loc[0, "n"] == "-1.5"


def test_everything_else_stays_as_it_is():
    table = pd.DataFrame({"name": ["T-shirt", "-0.5", "+3e-4", "", None, "a=b"], "hit": [True, False] * 3, "value": [0.1, -2, 3, 4, 5, 6]})
    pd.testing.assert_frame_equal(pd.read_csv(io.StringIO(as_csv(table))), pd.read_csv(io.StringIO(table.to_csv(index=False))))

"""Files of passages: read as they are, refused in one sentence."""

import re

import pytest

from core.data.passages import FEWEST, check_passages, passages_fingerprint, read_passages
from core.lab.errors import InputError

ROWS = "text,member\n" + "".join(f"passage {number},{number % 2}\n" for number in range(2 * FEWEST))


def written(folder, text):
    path = folder / "passages.csv"
    path.write_text(text)
    return f"csv:{path}"


def test_passages_come_with_what_is_known_of_them(tmp_path):
    pairs, suspected = read_passages(written(tmp_path, ROWS.replace(",1\n", ",yes\n") + "passage 1,true\n"))
    assert [pair.response for pair in pairs] == [f"passage {number}" for number in range(2 * FEWEST)]
    assert not any(pair.prompt for pair in pairs)
    assert suspected.tolist() == [False, True] * FEWEST
    assert len(passages_fingerprint(written(tmp_path, ROWS))) == 64


@pytest.mark.parametrize(("text", "said"), [
    (ROWS.replace("text", "words"), "columns text and member, got 2 others"),
    (ROWS + "more,2\n", "a member of 1 or 0, got another on line"),
    (ROWS + " ,1\n", "must hold a text"), (ROWS + "passage 1,0\n", "suspected or not, got both"),
    ("text,member\n" + "a,1\nb,0\n", f"at least {FEWEST} passages of either kind, got 1 suspected and 1 others")])
def test_what_cannot_be_used_is_one_sentence(tmp_path, text, said):
    with pytest.raises(InputError, match=re.escape(said)) as error:
        read_passages(written(tmp_path, text))
    assert "\n" not in str(error.value)


def test_a_missing_file_and_a_bad_name_are_told():
    with pytest.raises(InputError, match=r"nowhere\.csv"):
        read_passages("csv:/nowhere.csv")
    with pytest.raises(InputError, match=r"must be csv:PATH"):
        check_passages("mine.txt")

"""Bring your own texts: what is accepted, the sentence for each broken rule; the bundled texts are whole and fairly split."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.data import build_texts
from core.data.texts import BUNDLED_FINGERPRINT, load_texts, split, text_fingerprint
from core.lab.errors import InputError


@pytest.fixture(scope="module")
def bundled():
    return load_texts("fortunes")


def write(path, content, encoding="utf-8"):
    path.write_bytes(content.encode(encoding))
    return f"csv:{path}"


def rows(n=8, labels=("spam", "mail")):
    return "text,label\n" + "".join(f"text number {i},{labels[i % len(labels)]}\n" for i in range(n))


def test_a_csv_with_further_columns_quotes_and_a_byte_order_mark(tmp_path):
    source = write(tmp_path / "mails.csv", '\ufeffid,label,text\n1,b,"one, ""two"""\n2,a,drei\n' + "3,a,x\n3,b,y\n" * 3)
    data = load_texts(source)
    assert data.texts[:2] == ('one, "two"', "drei")
    assert data.class_names == ("a", "b")
    assert data.y.tolist()[:3] == [1, 0, 0]
    assert data.fingerprint == text_fingerprint(source)


@pytest.mark.parametrize("content, sentence", [
    ("texts,label\nx,a\n", "columns text and label, but text is missing (found 1 other column)"),
    ("text,kind\nx,a\n", "but label is missing"),
    ("", "but text and label are missing (found 0 other columns)"),
    (rows(labels=("a",)), "at least two different labels, got 1"),
    (rows() + " ,mail\n", "must hold a text and a label, got 1 without in mails.csv, the first on line 10"),
    (rows() + "only a text\n", "got 1 without"),
    (rows() + "x,rare\n", "at least 4 texts, got 1 of the label of text"),
    (rows(404, tuple(f"label {i}" for i in range(101))), "at most 100 labels, got 101"),
])
def test_each_broken_rule_is_one_sentence(tmp_path, content, sentence):
    with pytest.raises(InputError) as error:
        load_texts(write(tmp_path / "mails.csv", content))
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_a_file_that_is_no_utf8_and_one_that_is_not_there(tmp_path):
    with pytest.raises(InputError, match="UTF-8"):
        load_texts(write(tmp_path / "latin.csv", rows() + "\x81,mail\n", encoding="latin-1"))
    with pytest.raises(InputError, match="existing file"):
        load_texts(f"csv:{tmp_path / 'nothing.csv'}")
    for source in ("csv:", "tsv:mails", "fortune"):
        with pytest.raises(InputError, match="fortunes or csv:PATH"):
            load_texts(source)


def test_the_bundled_texts_match_their_pinned_hash(bundled):
    data = bundled
    assert data.fingerprint == BUNDLED_FINGERPRINT == text_fingerprint("fortunes")
    assert np.bincount(data.y).tolist() == [200] * 6
    assert len(set(data.texts)) == 1200
    assert all(40 <= len(text) <= 400 for text in data.texts)
    assert not any(build_texts.LEFT_OUT.search(text) for text in data.texts)


@given(n_train=st.integers(1, 900), n_test=st.integers(1, 300), seed=st.integers(0, 5))
def test_a_split_is_balanced_and_disjoint(bundled, n_train, n_test, seed):
    data = bundled
    train, test = split(data, (n_train, n_test), np.random.default_rng(seed))
    assert len(train) == n_train
    assert len(test) == n_test
    assert not set(train) & set(test)
    for part, uneven in ((train, 1), (test, 2)):  # the test texts may begin and end in the middle of a round over the classes
        counts = np.bincount(data.y[part], minlength=6)
        assert counts.max() - counts.min() <= uneven


def test_a_split_that_asks_for_too_much(bundled):
    with pytest.raises(InputError, match=r"at most the 1200 texts of .* got 1000 \+ 150 \+ 51"):
        split(bundled, (1000, 150, 51), np.random.default_rng(0))


def test_the_bundled_texts_are_built_from_files_of_fortunes(tmp_path):
    for category in build_texts.CATEGORIES:
        texts = [f"{category} says that number {i} is a number like many others" for i in range(205)]
        (tmp_path / category).write_text("\n%\n".join(["too short", *texts]) + "\n%\n", encoding="utf-8")
    first, second = tmp_path / "a" / "f.csv", tmp_path / "b" / "f.csv"
    assert build_texts.build(tmp_path, first) == build_texts.build(tmp_path, second)
    assert len(first.read_text().splitlines()) == 1201
    (tmp_path / "perl").unlink()
    with pytest.raises(InputError, match="but perl cannot be read"):
        build_texts.build(tmp_path, first)

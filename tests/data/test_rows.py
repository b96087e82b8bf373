"""Tables of text as people keep them: the same rows however they are written, and a sentence for what is none."""

import json

import pytest

from core.data.rows import read_rows
from core.data.texts import load_texts
from core.lab.errors import InputError

WHAT = "a table"
TEXTS = [("one, \"two\"", "a"), ("drei und Käse", "b")] * 4
ENTRIES = [{"text": text, "label": label} for text, label in TEXTS]
PLAIN = "text,label\n" + "".join('"{}",{}\n'.format(text.replace('"', '""'), label) for text, label in TEXTS)
WAYS = {
    "plain": (PLAIN, "utf-8", ".csv", None),
    "byte order mark and Windows": (PLAIN.replace("\n", "\r\n"), "utf-8-sig", ".csv", None),
    "old Macintosh": (PLAIN.replace("\n", "\r"), "utf-8", ".csv", None),
    "UTF-16": (PLAIN, "utf-16", ".csv", "UTF-16"),
    "Western European": (PLAIN, "latin-1", ".csv", "Windows-1252"),
    "semicolons": (PLAIN.replace('",', '";').replace("text,label", "text;label"), "utf-8", ".csv", "semicolons"),
    "tabs": (PLAIN.replace('",', '"\t').replace("text,label", "text\tlabel"), "utf-8", ".tsv", "tabs"),
    "backslashes": (PLAIN.replace('""', '\\"'), "utf-8", ".csv", "backslashes"),
    "JSON lines": ("".join(json.dumps(entry) + "\n" for entry in ENTRIES), "utf-8", ".jsonl", "one object a line"),
    "JSON": (json.dumps(ENTRIES), "utf-8", ".json", "a JSON list"),
}


@pytest.mark.parametrize("way", WAYS)
def test_the_same_rows_however_they_are_written(tmp_path, way):
    text, encoding, suffix, said = WAYS[way]
    path = tmp_path / f"mails{suffix}"
    path.write_bytes(text.encode(encoding))
    rows = read_rows(path.read_bytes(), path, WHAT)
    assert rows.names == ("text", "label")
    assert [row for _, row in rows.rows] == TEXTS
    assert bool(rows.notes) == (said is not None)
    assert said is None or said in rows.notes[0]


@pytest.mark.parametrize("names", ["review,sentiment", "v2,v1", "Sentence,Label", "message,category"])
def test_columns_of_other_collections(tmp_path, names):
    path = tmp_path / "mails.csv"
    path.write_text(PLAIN.replace("text,label", names), encoding="utf-8")
    data = load_texts(f"csv:{path}")
    assert data.texts[:2] == tuple(text for text, _ in TEXTS[:2])
    assert data.class_names == ("a", "b")
    assert "6 texts repeat an earlier one" in data.notes


def test_one_text_a_line(tmp_path):
    path = tmp_path / "asked.txt"
    path.write_text("first, with a comma\n\nsecond\n", encoding="utf-8")
    assert [row for _, row in read_rows(path.read_bytes(), path, WHAT).rows] == [("first, with a comma",), ("second",)]


@pytest.mark.parametrize("content, suffix, sentence", [
    (b"a,b\nx,y\nx,y,z\nx,y,z\n", ".csv", "more fields than the first line, got 2 in f.csv, the first on line 3"),
    (b"a,b\nx,\0y\n", ".csv", "zero bytes in f.csv, line 2"),
    (b'a\n"open\n', ".csv", "a fault in f.csv, line 2"),
    (b"\xff\xfea", ".csv", "a fault in the letters"),
    (b'{"a": 1}\n{"a": ', ".jsonl", "JSON with a fault in f.jsonl"),
    (b'[{"a": {"b": 1}}]', ".json", "another in f.json, entry 1"),
    (b"[" * 100_000, ".json", "JSON with a fault")])
def test_what_is_no_table_is_one_sentence(tmp_path, content, suffix, sentence):
    path = tmp_path / f"f{suffix}"
    with pytest.raises(InputError) as caught:
        read_rows(content, path, WHAT)
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)

"""The container's file: an ordinary user, a volume, a health check, and nothing that the app needs left outside."""

import json
import re

from core.lab.experiment import ROOT
from tests.architecture.source import PRODUCT, text, tracked

FILE = ".container/Containerfile"


def instructions() -> list[tuple[str, str]]:
    """Return each instruction with its words, continued lines joined."""
    lines = [line for line in text(FILE).replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines]


def words(name: str) -> list[str]:
    return [said for instruction, said in instructions() if instruction == name]


def test_it_serves_as_an_ordinary_user_with_a_health_check_and_a_volume():
    order = [instruction for instruction, _ in instructions()]
    assert words("FROM") == ["python:3.11-slim"]
    assert words("USER") == ["glasshouse"]
    assert order.index("USER") < order.index("CMD")
    assert "RUN" not in order[order.index("USER"):], "nothing is installed by the user who serves"
    assert words("VOLUME") == ["/store"]
    assert "/_stcore/health" in words("HEALTHCHECK")[0]
    command = json.loads(words("CMD")[0])
    assert command[:3] == ["streamlit", "run", "app.py"]
    assert "ADD" not in order
    assert not any(secret in text(FILE).lower() for secret in ("password", "token=", "secret"))


def test_everything_of_the_product_is_copied_and_let_in():
    """Both what the file copies and what the list beside it lets into the build."""
    copied = {source for said in words("COPY") for source in said.split()[:-1]}
    assert {path.split("/")[0] for path in PRODUCT} <= copied
    assert {"assets", ".streamlit", "requirements.txt"} <= copied
    assert [source for source in copied if not (ROOT / source).exists()] == []
    let_in = {line[1:] for line in text(f"{FILE}.dockerignore").splitlines() if line.startswith("!")}
    assert {source for source in copied if source not in let_in} <= {".streamlit"}
    assert ".streamlit/config.toml" in let_in, "a secrets file beside it stays outside"
    assert not any(path.startswith(".streamlit/") and path != ".streamlit/config.toml" for path in tracked())


def test_its_settings_are_of_the_house():
    named = {name for said in words("ENV") for name in re.findall(r"(GLASSHOUSE_[A-Z_]+)=", said)}
    assert named == {"GLASSHOUSE_SHARED", "GLASSHOUSE_HOME", "GLASSHOUSE_DATA", "GLASSHOUSE_COMMIT"}
    assert [name for name in named if name not in text("README.md")] == []

"""Examples in docstrings run: what a newcomer copies from one is what comes back."""

import doctest
import importlib

from tests.architecture.source import CORE, module, text


def test_every_example_gives_what_it_says():
    ran, failed = 0, []
    for path in CORE:
        if ">>>" in text(path):
            result = doctest.testmod(importlib.import_module(module(path)))
            ran += result.attempted
            failed += [path] if result.failed else []
    assert failed == []
    assert ran > 15

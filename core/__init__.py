"""Glasshouse core: train, attack, repair and measure small real models. Never imports Streamlit.

``core.run`` and ``core.experiments`` are for notebooks; they are read from ``core.notebook`` when asked for, so that importing a
part of the house imports nothing else.
"""

from typing import Any

__all__ = ["experiments", "run"]


def __getattr__(name: str) -> Any:
    """Return what notebooks use."""
    if name in __all__:
        from core import notebook
        return getattr(notebook, name)
    raise AttributeError(f"module 'core' has no attribute {name!r}")

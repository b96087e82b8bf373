"""Text that somebody else wrote, made safe to stand inside markdown: it is data and must read as it was typed."""

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:^=@&/])")


def plain(text: object, *, most: int = 300) -> str:
    """Return text with every markdown character escaped, on one line, at most ``most`` characters long."""
    flat = " ".join(str(text).split())
    return SPECIAL.sub(r"\\\1", flat if len(flat) <= most else flat[:most - 1] + "…")

"""Text that somebody else wrote, made safe to stand inside markdown: it is data and must read as it was typed."""

import re

from core.lab import access, uploads

SPECIAL = re.compile(r"[\\`*_{}\[\]#|~<>$^=@&]"  # wherever they stand
                     r"|:(?=\S)|(?<=[wW])\.(?=\S)"  # :icon: and addresses, with and without http:
                     r"|^[-+]")  # what begins a list
NUMBERED = re.compile(r"^(\d{1,9})(?=[.)])")


def plain(text: object, *, most: int = 300) -> str:
    """Return text with every character escaped that markdown may take for more, on one line of ``most`` characters at most.

    Visitors of a shared server read no folder of it, and everybody reads uploads by their own names.
    """
    flat = " ".join(access.scrubbed(uploads.named_in(str(text))).split())
    return NUMBERED.sub(r"\1\\", SPECIAL.sub(r"\\\g<0>", flat if len(flat) <= most else flat[:most - 1] + "…"))

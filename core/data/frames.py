"""Tables of numbers and words as people keep them, read in one place: any usual delimiter and encoding, a header, no surplus fields.

No message quotes what stands in a file.
"""

import io
from pathlib import Path

import pandas as pd

from core.data.rows import decoded, delimiter_of
from core.lab.errors import InputError


def read_frame(content: bytes, path: Path, what: str) -> tuple[pd.DataFrame, list[str]]:
    """Return a table with the names of its columns in small letters, and notes on how it was read.

    Args:
        content: Bytes of the file.
        path: Where it lies; messages name it.
        what: What messages call it, such as "a CSV of outputs".

    Raises:
        InputError: If it is no text, has no header and row, or a row has more fields than the header.
    """
    text, notes = decoded(content, path, what)
    delimiter = delimiter_of(text, notes)
    try:
        frame = pd.read_csv(io.StringIO(text), sep=delimiter, skipinitialspace=True)
    except ValueError as error:  # pandas' own errors are kinds of it
        raise InputError(f"{what} must be a table with a header and one row a line, got one that cannot be read ({type(error).__name__}) "
                         f"in {path.name}: put fields that hold a delimiter into quotes.") from None
    if not isinstance(frame.index, pd.RangeIndex):
        raise InputError(f"no row of {what} may have more fields than the header, got such rows in {path.name}: name every column.")
    if frame.empty:
        raise InputError(f"{what} must hold a header and at least one row, got {len(frame)} rows in {path.name}: add rows.")
    frame.columns = [str(name).strip().casefold() for name in frame.columns]
    if twice := sorted({name for name in frame.columns if list(frame.columns).count(name) > 1}):
        raise InputError(f"{what} must name each column once, got {len(twice)} names twice in {path.name}: rename them.")
    return frame, notes

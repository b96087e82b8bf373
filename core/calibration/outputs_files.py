"""Outputs at home and where data has drifted: ``example``, which is bundled, ``npz:PATH`` or ``csv:PATH``. Imports no torch."""

from pathlib import Path

from core.calibration.model_outputs import Outputs, with_shift
from core.lab.errors import InputError
from core.subjects.outputs import EXAMPLE, check_outputs_source, read_outputs, read_outputs_file

EXAMPLE_FILE = Path(__file__).resolve().parents[2] / "assets" / "calibration_outputs" / "fashion_mnist.npz"
EXAMPLE_FINGERPRINT = "9a42be84155a212bd8b8c5b0079ad4a3b11e0c35c28c4bef1e65e982ef1f66fa"


def load_outputs(source: str) -> Outputs:
    """Return the outputs that ``source`` names, checked.

    Raises:
        InputError: If the file is missing, damaged, breaks a rule, or tells of no shifted rows.
    """
    check_outputs_source(source)
    if source != EXAMPLE:
        return with_shift(read_outputs(source))
    found = read_outputs_file(EXAMPLE_FILE)
    if found.fingerprint != EXAMPLE_FINGERPRINT:
        raise InputError(f"the bundled outputs must match their checksum, got {found.fingerprint[:16]}: restore {EXAMPLE_FILE.parent.name} "
                         "in assets.")
    return with_shift(found)

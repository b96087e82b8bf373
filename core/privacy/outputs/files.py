"""The file of an audit of outputs: ``example``, which is bundled, ``npz:PATH`` or ``csv:PATH``. Imports no torch."""

from pathlib import Path

from core.lab.errors import InputError
from core.privacy.given_outputs import check_audited
from core.subjects.outputs import EXAMPLE, GivenOutputs, check_outputs_source, read_outputs, read_outputs_file

EXAMPLE_FILE = Path(__file__).resolve().parents[3] / "assets" / "privacy_outputs" / "fashion_mnist.npz"
EXAMPLE_FINGERPRINT = "3ff959d6662f1f7730e048356169dc6114e9e7d982ce55d8a507a5ee11c0caff"


def load_audited(source: str, parts: int) -> GivenOutputs:
    """Return the outputs of a file, checked for an audit in so many parts.

    Raises:
        InputError: If the file is missing, damaged or breaks a rule, or its rows are too few.
    """
    check_outputs_source(source)
    found = read_outputs_file(EXAMPLE_FILE) if source == EXAMPLE else read_outputs(source)
    if source == EXAMPLE and found.fingerprint != EXAMPLE_FINGERPRINT:
        raise InputError(f"the bundled outputs must match their checksum, got {found.fingerprint[:16]}: restore {EXAMPLE_FILE.parent.name} "
                         "in assets.")
    check_audited(found, parts)
    return found

"""transformers, imported without its progress bars and reports."""

import contextlib
import io
import logging
import os
from collections.abc import Iterator

from core.data.torchvision_import import import_torchvision
from core.lab.errors import InputError


@contextlib.contextmanager
def quiet_transformers() -> Iterator:
    """Import transformers without its progress bars and reports; a missing package is one sentence."""
    os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
    with contextlib.suppress(InputError):  # where torchvision does not fit torch, transformers would fail to import as well
        import_torchvision("transforms")
    try:
        import transformers
    except ImportError as error:
        raise InputError("pretrained text models need the package transformers, which is not installed: run pip install -r "
                         "requirements.txt.") from error
    transformers.utils.logging.disable_progress_bar()
    transformers.utils.logging.set_verbosity_error()
    logger = logging.getLogger("transformers")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with contextlib.redirect_stderr(io.StringIO()):  # the bar of GGUF files cannot be switched off otherwise
            yield transformers
    finally:
        logger.setLevel(before)

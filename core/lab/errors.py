"""The exceptions a user may meet.

GlasshouseError
├── InputError     the request is wrong: rule, received value, remedy    exit status 2
├── RunFailed      the request was fine, the computation was not         exit status 1
└── Cancelled      somebody stopped the run                              exit status 130

Anything else that escapes is a defect of ours and keeps its traceback.
"""

import re

KEPT = 160
ENDLESS = re.compile(rf"\S{{{KEPT + 40},}}")


class GlasshouseError(Exception):
    """Base of every error that is shown to a user as one sentence."""

    exit_status = 1

    def __init__(self, message: str = "") -> None:
        """Keep the message, with what was typed without end cut short: the sentence must stay readable."""
        super().__init__(ENDLESS.sub(lambda found: found[0][:KEPT] + "…", message))


class InputError(GlasshouseError):
    """The request breaks a rule; nothing was written.

    The message is one sentence: the rule, the value received, the remedy.
    """

    exit_status = 2


class RunFailed(GlasshouseError):
    """A well-formed run did not finish; the message says why in one sentence."""


class Cancelled(GlasshouseError):
    """The run was stopped on request."""

    exit_status = 130

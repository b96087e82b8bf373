"""The process that answers: questions come as lines of JSON on stdin, replies go out as lines on stdout.

It ends when nobody asks for five minutes, or when whoever started it is gone.
"""

import json
import os
import select
import sys
from typing import IO, Any

from core.calibration.live.desk import Desk
from core.calibration.live.question import Question
from core.lab import folders
from core.lab.errors import GlasshouseError
from core.lab.experiment import Context
from core.lab.store import ModelStore, home

IDLE_SECONDS = 300.0


def reply_to(line: str, desk: Desk) -> dict[str, Any]:
    """Return the reply to a line, or its refusal in one sentence."""
    try:
        return desk.answer(Question.from_json(json.loads(line))).to_json()
    except GlasshouseError as error:
        return {"error": str(error)}
    except Exception as error:  # the process must survive any one question; what went wrong is named, not hidden
        return {"error": f"The stream met an unexpected error ({type(error).__name__}): change a setting, or run the study again."}


def serve(asked: IO[str], told: IO[str], desk: Desk) -> None:
    """Answer until nobody asks any more."""
    while select.select([asked], [], [], IDLE_SECONDS)[0]:
        line = asked.readline()
        if not line:
            return
        told.write(json.dumps(reply_to(line, desk)) + "\n")
        told.flush()


def main() -> None:
    """Serve the process that started this one."""
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what a library prints must not stand between replies
    context = Context(device="cpu", threads=1, models=ModelStore(folders.make_folder(home())), begin=lambda step: None,
                      report=lambda *said: None)
    serve(sys.stdin, told, Desk(context))


if __name__ == "__main__":
    main()

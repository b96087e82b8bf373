"""The concern spurious: does the model lean on a cue that will not hold?"""

from pages._ui import concern

concern.draw("spurious")

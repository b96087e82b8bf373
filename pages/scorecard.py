"""The scorecard: what is known about this model, and what is not?"""

from pages._ui import concern

concern.draw("scorecard")

"""The concern retraining: how dear will it be to reuse this model?"""

from pages._ui import concern

concern.draw("retraining")

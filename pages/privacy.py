"""The concern privacy: can an attacker tell who was in the training set, and which defence helps?"""

from pages._ui import concern

concern.draw("privacy")

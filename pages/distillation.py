"""The concern distillation: can labels and depths be had for less?"""

from pages._ui import concern

concern.draw("distillation")

"""The concern calibration: is it still as sure as it is right?"""

from pages._ui import concern

concern.draw("calibration")

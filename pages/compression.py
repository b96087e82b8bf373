"""The concern compression: who pays when a network is made smaller?"""

from pages._ui import concern

concern.draw("compression")

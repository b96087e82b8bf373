"""The concern safety: which units of a language model make it refuse?"""

from pages._ui import concern

concern.draw("safety")

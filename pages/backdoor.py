"""The concern backdoor: can a hidden trigger be cut out of a language model?"""

from pages._ui import concern

concern.draw("backdoor")

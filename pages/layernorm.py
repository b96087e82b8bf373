"""The concern layernorm: does LayerNorm store the wrong labels a model learns?"""

from pages._ui import concern

concern.draw("layernorm")

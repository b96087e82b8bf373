"""Settings of every training as typed words, ``epochs: Epochs = 8``: label, range, unit and help are declared here once. Imports no torch.

A room that needs another range or must say more writes a ``Knob`` of its own.
"""

from typing import Annotated

from core.lab.config import Knob

Epochs = Annotated[int, Knob("Epochs", "Passes over the training images.", low=1, high=400)]
BatchSize = Annotated[int, Knob("Batch size", "Images per optimiser step.", low=8, high=1024, unit="images")]
LearningRate = Annotated[float, Knob("Learning rate", "Step size at the start of training; SGD has momentum 0.9.", low=1e-5, high=1.0)]

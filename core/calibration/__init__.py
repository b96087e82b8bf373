"""Calibration under shift: how wrong and how sure a network is when the data drifts, and what repairs that."""

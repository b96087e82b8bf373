"""Smallest and largest value of the kinds of number that this room reports."""

FRACTION, DIFFERENCE = (0.0, 1.0), (-1.0, 1.0)

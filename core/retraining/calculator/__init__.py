"""The calculator: every index of one model and one shift at once, and what retraining will cost by the curves that are stored."""

"""The experiment on depth: whether one joint training gives every depth."""

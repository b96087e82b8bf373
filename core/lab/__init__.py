"""What an experiment is, how it runs, and where its results live. Imports no torch."""

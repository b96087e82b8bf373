"""One file per family of data sets; ``sources.load`` opens any of them. Importing the package imports no torch."""

"""One file per architecture family; ``registry.build`` makes any of them by name. Importing the package imports no torch."""

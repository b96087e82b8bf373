"""The live playground: a small process keeps the network of a run and answers one question after another in about a second."""

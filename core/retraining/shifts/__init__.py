"""One model or several, shifted data: what an index tells of the cost."""

"""New tasks: what it costs to teach an old network other classes, and whether an index tells."""

"""One setting of compression, answered in seconds."""

"""One function, stripped at any cost: what stripping a model costs is no property of its function."""

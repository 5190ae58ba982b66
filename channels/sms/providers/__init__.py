"""SMS providers, one folder each, all of one shape."""

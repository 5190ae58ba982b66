"""The composition root: the one room that opens stores and puts an installation together from its settings."""

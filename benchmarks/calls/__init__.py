"""Calls under load: ``python -m benchmarks.calls``."""

"""The telephone: one call dialogue, and the carriers that bring calls to it."""

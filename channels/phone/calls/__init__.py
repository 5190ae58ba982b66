"""Calls as sound: one session for every carrier, and the carriers that bring and take it."""

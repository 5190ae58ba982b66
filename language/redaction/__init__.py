"""Hiding what points to a person, before words are kept or logged.

Apart from the rest of the room, since no understanding rests on it: a name more makes no model stale.
"""

"""Answers from what is known beside procedures."""

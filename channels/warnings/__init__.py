"""Warnings of danger: who lives where and wants to be warned, what is said, and whom it reached by text and call."""

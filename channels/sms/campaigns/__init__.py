"""Campaigns: one approved sentence to many who asked for notices, at a pace, until all are told or it is stopped."""

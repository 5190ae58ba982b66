"""Keeping in step with the centre: one small signed request an hour, more when something waits."""

"""A box as a citizen meets it: how long until its page can be used, and what it takes of a small machine's memory."""

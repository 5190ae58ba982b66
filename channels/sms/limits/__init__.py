"""Whether a message is answered at all: rate limits per number, loops between machines."""

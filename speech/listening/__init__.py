"""When somebody speaks, and when the turn is over."""

"""Speech to text: one small protocol, several engines behind it, and worker processes that run them."""

"""What citizens ask officers to do: call back, look into a problem. Each gets a number that can be said aloud."""

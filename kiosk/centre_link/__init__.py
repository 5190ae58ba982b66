"""The box's side of the line to its centre: who it is, and signed requests."""

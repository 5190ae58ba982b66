"""Cases that go from this agency to another and back: who holds one, what was said about it, what proves it."""

"""Officers' pages over many tickets and messages, as many a second as a busy province asks for."""

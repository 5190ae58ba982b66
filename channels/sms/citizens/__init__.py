"""Who writes and what they decided: keyed hash of the number, consents, preferences, what is kept about a person."""

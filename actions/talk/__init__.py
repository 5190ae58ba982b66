"""The talk around the answers: repeating, going back, changing language, forgetting."""

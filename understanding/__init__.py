"""Vietnamese understanding: from an utterance to a meaning, as Rasa graph components and the pure parts they use."""

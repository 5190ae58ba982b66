"""The reference: a small project in the shape of ``rasa init``, with one custom action."""

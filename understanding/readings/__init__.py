"""What an utterance can be in its conversation: every reading listed, weighed, and the best one taken.

Pure functions over typed values; :mod:`understanding.resolver` is the Rasa graph component around them.
"""

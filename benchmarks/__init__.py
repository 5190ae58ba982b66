"""Speed and memory of the whole system beside stock Rasa's shape on the same machine: ``make bench``."""

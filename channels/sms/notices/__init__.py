"""What an office tells citizens of its own accord: to whom, when, in which words."""

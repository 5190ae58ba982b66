"""The citizens' own page for reports of problems, and how each one stands: plain HTML that works without scripts."""

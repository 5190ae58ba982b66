"""Learning from what was not understood: kept without personal data, reviewed, labelled, understood."""

"""Where a citizen's dossier stands: look-up with a second factor, and the words for what was found."""

"""Where a dossier stands, asked of the centre while the line holds, of the last synchronised data while it does not."""

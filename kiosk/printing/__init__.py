"""An answer on paper: as a page, or as the roll of a receipt printer."""

"""Systems that hold dossiers, asked over the line: the national portal, ministries, provincial one-stop systems."""

"""What the program is made of, and whether any of it is known to be weak: ``make sbom``, ``make audit``."""

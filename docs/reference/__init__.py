"""Pages of the documentation that are made from the code, so that they cannot fall behind it: ``make docs``."""

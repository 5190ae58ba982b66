"""Problems citizens report: what, where, read back, then a ticket for the commune."""

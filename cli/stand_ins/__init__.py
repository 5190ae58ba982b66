"""Stand-ins for the systems dossiers are looked up in: what integrators develop against, and the tests ask."""

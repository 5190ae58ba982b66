"""Public registries: insurance, population, land. Each answers one person's question about themselves."""

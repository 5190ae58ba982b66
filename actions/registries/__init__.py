"""Public registries: population, insurance, land, business, vehicles. Each answers one person about themselves."""

"""Catalogue, model, texts and settings as signed bundles: fetched in pieces, applied whole, undone when they fail."""

"""Communes of the country, and which one a place told in words or by a point lies in."""

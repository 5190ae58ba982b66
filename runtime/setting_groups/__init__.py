"""The settings by what they are of; :mod:`runtime.settings` puts them together."""

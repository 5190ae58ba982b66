"""Calls from the simulator: the server plays the provider's webhooks, the page its media stream."""

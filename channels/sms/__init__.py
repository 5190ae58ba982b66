"""Text messages: one folder a provider."""

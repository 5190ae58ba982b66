"""What the assistant can do: one folder a capability, each with its Rasa actions beside the service they call."""

"""The kiosk: a box with screen, microphone and printer that works without a network."""

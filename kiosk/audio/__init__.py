"""The kiosk's microphone and loudspeaker, carried by the voice process."""

"""The page of the kiosk and the addresses it asks."""

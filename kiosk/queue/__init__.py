"""What waits on the kiosk for the line: sealed so that only the centre can open it."""

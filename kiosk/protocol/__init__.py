"""What kiosk and centre say to each other, and how either knows that it is the other."""

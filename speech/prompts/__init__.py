"""What people have recorded: found, checked, and played before any synthetic voice speaks."""

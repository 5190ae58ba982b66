"""What every process has: settings, clock, logs, memory."""

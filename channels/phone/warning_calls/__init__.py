"""Calls to citizens that warn of danger: who is due is called, hears the warning, and confirms it with a key."""

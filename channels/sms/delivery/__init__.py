"""Handing the outbox over to routes: the dispatcher, its retries, and the delivery receipts that come back."""

"""The inbox and the outbox: messages as rows, claimed by lease; none is lost, none is sent twice (idempotency)."""

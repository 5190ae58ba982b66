"""The tables of text messages: what came in, what goes out, how fast each route may go, receipts that came early.

A row is the message and its place in the queue at once; docs/decisions/0009-messages-are-rows.md says why.
Moments are seconds since 1970 (UTC): they are compared and added to in every claim, on two kinds of database.
What could tell who wrote or what was said stands only in ``sealed`` (encrypted) and in keyed hashes.
"""

from __future__ import annotations

from sqlalchemy import Column, Double, Index, Integer, Table, Text

from stores.database import Base

incoming = Table(
    "sms_incoming",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    # Keyed hash of route and provider id; random where there is no such id. Also the id of the core's turn.
    Column("key", Text, nullable=False, unique=True),
    # Keyed hash of sender and text: a modem may report twice, and a message may come by two routes.
    Column("twin", Text),
    Column("route", Text, nullable=False),
    Column("person", Text, nullable=False),
    # Sender, recipient and body as JSON, encrypted; empty once erased.
    Column("sealed", Text, nullable=False),
    Column("media", Integer, nullable=False),
    Column("received_at", Double, nullable=False),
    Column("stored_at", Double, nullable=False),
    Column("state", Text, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Double),
    Column("next_try_at", Double, nullable=False),
    Column("attempts", Integer, nullable=False),
    # Tries at which a living core failed; those while it was away or starting say nothing about the message.
    Column("faults", Integer, nullable=False, server_default="0"),
    # Why the last try gave no answer, or why none is due; for the operator.
    Column("cause", Text, nullable=False),
    # When the citizen was told that the answer takes longer.
    Column("sorry_at", Double),
    Column("answered_at", Double),
    Index("ix_sms_incoming_due", "state", "id"),
    Index("ix_sms_incoming_person", "person", "state", "id"),
    Index("ix_sms_incoming_twin", "twin"),
    Index("ix_sms_incoming_stored_at", "stored_at"),
    # An id an operator has on the screen must never come to mean another message.
    sqlite_autoincrement=True,
)

outgoing = Table(
    "sms_outgoing",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
    # Id of the incoming message this answers.
    Column("answer_to", Integer),
    Column("kind", Text, nullable=False),
    # Smaller goes first.
    Column("priority", Integer, nullable=False),
    Column("person", Text, nullable=False),
    # Recipient, text and our number as JSON, encrypted; empty once erased.
    Column("sealed", Text, nullable=False),
    Column("segments", Integer, nullable=False),
    # Where it waits to go, is going, or went; empty until one is chosen.
    Column("route", Text, nullable=False),
    # Routes that refused it for good, comma-separated.
    Column("refused_by", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Tries on the present route, and tries in all.
    Column("attempts", Integer, nullable=False),
    Column("attempts_in_all", Integer, nullable=False),
    Column("next_try_at", Double, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", Double),
    # Since when it is not known whether the provider took it.
    Column("unsure_since", Double),
    # How often it was sent again without knowing: so many times the citizen may have got it twice.
    Column("maybe_twice", Integer, nullable=False),
    Column("provider_id", Text),
    Column("code", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    Column("handed_at", Double),
    Column("delivered_at", Double),
    Column("expires_at", Double, nullable=False),
    Index("ix_sms_outgoing_due", "state", "route", "priority", "id"),
    Index("ix_sms_outgoing_answer_to", "answer_to"),
    Index("ix_sms_outgoing_person", "person"),
    Index("ix_sms_outgoing_provider_id", "provider_id"),
    Index("ix_sms_outgoing_created_at", "created_at"),
    sqlite_autoincrement=True,
)

rates = Table(
    "sms_rates",
    Base.metadata,
    Column("route", Text, primary_key=True),
    # Messages that may be handed over at ``filled_at``; shared by all workers of the installation.
    Column("tokens", Double, nullable=False),
    Column("filled_at", Double, nullable=False),
)

route_days = Table(
    "sms_route_days",
    Base.metadata,
    Column("route", Text, primary_key=True),
    # Of Vietnam's clock, ISO 8601.
    Column("day", Text, nullable=False),
    # Handed over in that day, by all workers of the installation.
    Column("segments", Integer, nullable=False),
)

early_receipts = Table(
    "sms_early_receipts",
    Base.metadata,
    Column("id", Integer, primary_key=True),
    Column("route", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("delivery", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("at", Double, nullable=False),
    Index("ix_sms_early_receipts_provider_id", "provider_id"),
)

"""How long conversations and tickets last, and what is learnt from them."""

from __future__ import annotations

from pydantic import Field

from runtime.setting_groups.group import Group


class RetentionSettings(Group):
    """How long conversations and tickets last, and what is learnt from them."""

    session_minutes: int = Field(30, ge=1, le=1440, description="silence after which a conversation starts afresh")
    conversation_days: int = Field(7, ge=1, le=90, description="days after which a conversation is forgotten")
    ticket_days: int = Field(90, ge=1, le=3650, description="days after which a ticket that is done is erased")
    open_ticket_days: int = Field(
        365, ge=30, le=3650, description="days after which a ticket nobody has touched is erased though it is open"
    )
    rating_share: float = Field(
        0.1,
        ge=0,
        le=1,
        description="share of the conversations that end with thanks which are asked whether it helped; 0: none",
    )
    learning_days: int = Field(
        180, ge=1, le=3650, description="days a question that was not understood is kept, without personal data"
    )

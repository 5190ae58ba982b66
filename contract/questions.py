"""Kinds of question people ask about a procedure, beside the side of it they name."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class QuestionKind(StrEnum):
    """What an answer must settle in its first sentence."""

    NEEDED = "needed"
    """Is this thing needed: "có cần sổ hộ khẩu không"."""
    WHO_MAY = "who_may"
    """May somebody else do it, or one alone: "em trai đi khai thay được không"."""
    ELSEWHERE = "elsewhere"
    """May it be done in another place: "làm ở nơi tạm trú được không"."""
    POST = "post"
    ONLINE = "online"
    WEEKEND = "weekend"
    """On a Saturday, in the evening, at what hour."""
    COPIES = "copies"
    """How many, originals or copies, certified or not."""
    AGE = "age"
    """From or until what age."""
    DEADLINE = "deadline"
    """By when, and what if late."""
    MISSING = "missing"
    """What if this is not there: "không có giấy chứng sinh thì sao"."""
    RECEIVE = "receive"
    """How much one gets."""
    BESIDES = "besides"
    """What is to be paid besides the fee: tax, registration fee, premium."""
    DECIDES = "decides"
    """Who decides or signs."""
    VALID = "valid"
    """How long the result counts."""
    DIFFERENCE = "difference"
    """What two things differ in, or which of them fits."""
    AFTER = "after"
    """What comes after, what else must be changed."""
    COLLECT = "collect"
    """Where, when and by whom the result is collected."""
    MAY = "may"
    """Whether this person's case qualifies: "em 19 tuổi lấy vợ được không"."""


class Question(BaseModel):
    """A question as it was read from the words."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: QuestionKind
    thing: str | None = None
    """What it is about, normalised: the paper, the person, the place; None where the shape names none."""

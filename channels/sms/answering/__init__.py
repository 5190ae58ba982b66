"""What is answered to a text message: orders, consents, limits, loops, and the core's answers in each one's style."""

from channels.sms.answering.answered import Answered, Reason
from channels.sms.answering.answering import Answering

__all__ = ["Answered", "Answering", "Reason"]

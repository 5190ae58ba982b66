"""One channel-neutral :class:`contract.reply.Reply`, given the shape each channel needs."""

from channels.rendering.render import render, render_all
from channels.rendering.rendered import Page, Rendered
from channels.rendering.sms import SmsStyle

__all__ = ["Page", "Rendered", "SmsStyle", "render", "render_all"]

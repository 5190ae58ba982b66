"""One channel-neutral :class:`assistant.reply.Reply`, given the shape each channel needs."""

from channels.rendering.render import render, render_all
from channels.rendering.rendered import Page, Rendered

__all__ = ["Page", "Rendered", "render", "render_all"]

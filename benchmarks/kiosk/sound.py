"""A visit that is heard to its end: what its sound weighs, and how soon it begins."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Request

from benchmarks.kiosk.box import PORTRAIT, READY, TILES, Box

# Heard sixteen times as fast, since only what is fetched is measured; "begins" counts from the moment words are to be
# said (the first request for them after a quiet time) until the sound plays.
LISTENING = """
(() => {
  window.begins = [];
  let wanted = null;
  const fetched = window.fetch;
  window.fetch = (...all) => {
    if (String(all[0]).endsWith("/speech") && JSON.parse(all[1].body).part === 0) wanted = performance.now();
    return fetched(...all);
  };
  const play = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function () {
    const since = wanted;
    wanted = null;
    this.playbackRate = 16;
    if (since !== null) this.addEventListener("playing", () => begins.push(performance.now() - since), { once: true });
    return play.call(this);
  };
})();
"""
OVER = "() => !document.querySelector('[data-bar=again] use')?.getAttribute('href').endsWith('#silence')"
SETTLE = 700
"""Milliseconds in which a screen just drawn takes no touch, and in which its words begin to be said."""


@dataclass(frozen=True)
class HeardVisit:
    """One visit: the first screen, a list, and a card read to its end."""

    kilobytes: float
    """Of sound, as it came over the line, headers included."""
    begins: tuple[float, ...]
    """Seconds from wanting a text spoken to its sound, a text."""


def heard_visit(browser: Browser, box: Box) -> HeardVisit:
    """Listen to everything on the way to the card of the first procedure."""
    page = browser.new_context(viewport=PORTRAIT).new_page()  # type: ignore[arg-type]
    page.add_init_script(LISTENING)
    sound: list[float] = []

    def note(request: Request) -> None:
        if request.url.endswith("/speech"):
            sizes = request.sizes()
            sound.append((sizes["responseBodySize"] + sizes["responseHeadersSize"]) / 1000)

    page.on("requestfinished", note)
    page.goto(f"{box.url}/kiosk")
    page.wait_for_selector(READY)
    _listen(page)
    page.locator(TILES).first.click()
    _listen(page)
    page.locator(".line").first.click()
    page.locator(".card").first.wait_for(timeout=15_000)
    _listen(page)
    begins = tuple(milliseconds / 1000 for milliseconds in page.evaluate("begins"))
    page.context.close()
    return HeardVisit(sum(sound), begins)


def _listen(page: Page) -> None:
    page.wait_for_timeout(SETTLE)
    page.wait_for_function(OVER, timeout=240_000)

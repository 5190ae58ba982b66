"""Nobody gets out of the page: keys, mouse and touch at the window itself, as the browser of a box shows it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hall import EXITS, ONE_WINDOW, Hall, changed, missing, touched_window
from playwright.sync_api import Page, Playwright, expect
from running_kiosk import IDLE_SECONDS, WARNING_SECONDS, RunningKiosk
from visitor import press, until

pytestmark = [
    pytest.mark.xdist_group("one-at-a-time"),
    pytest.mark.skipif(missing() is not None, reason=f"a window of our own needs {missing()}"),
]


@pytest.fixture(scope="module")
def hall(kiosk: RunningKiosk, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    """The window as it ships."""
    hall = Hall(kiosk.url, tmp_path_factory.mktemp("hall"))
    hall.open()
    yield hall
    hall.close()


@pytest.fixture(scope="module")
def touched(
    kiosk: RunningKiosk, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Hall, Page]]:
    with touched_window(kiosk.url, playwright, tmp_path_factory.mktemp("touched")) as both:
        yield both


def test_no_key_and_no_button_of_a_mouse_leads_out_and_the_next_visitor_sees_the_first_screen(hall: Hall) -> None:
    first = hall.still()
    alone = hall.windows()
    assert len(alone) == 1
    hall.keys(*EXITS)
    assert hall.windows() == alone
    for place in [(400, 120), (700, 400), (200, 700)]:
        for button in (2, 3, 8, 9):
            hall.click(*place, button)
    hall.drag((300, 110), (900, 600))
    assert hall.windows() == alone
    # Somebody asks something, tries everything again, and leaves in the middle of it.
    hall.click(215, 340)
    hall.type("khai sinh")
    hall.keys("ctrl+a", "ctrl+c", *EXITS)
    assert hall.windows() == alone
    until(lambda: changed(first, hall.look()) > 0.2, "another screen is shown")
    # However long the voice reads: from the last touch everything is counted.
    deadline = time.monotonic() + IDLE_SECONDS * 6 + WARNING_SECONDS + 30
    while changed(first, hall.look()) > ONE_WINDOW:
        assert time.monotonic() < deadline, "the first screen did not come back"
        time.sleep(0.5)
    assert hall.windows() == alone


def test_fingers_that_rest_pinch_and_draw_open_nothing(touched: tuple[Hall, Page]) -> None:
    hall, page = touched
    alone = hall.windows()
    glass = page.context.new_cdp_session(page)

    def touch(*points: tuple[float, float], then: list[tuple[float, float]] | None = None, hold: float = 0.05) -> None:
        def at(places: list[tuple[float, float]]) -> list[dict[str, float]]:
            return [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(places)]

        glass.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": at(list(points))})
        time.sleep(hold)
        if then:
            glass.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": at(then)})
        glass.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    touch((500, 120), hold=1.2)
    press(page, "Gõ câu hỏi")
    field = page.get_by_role("textbox")
    field.fill("giay khai sinh")
    place = field.bounding_box()
    assert place is not None
    x, y = place["x"] + 60, place["y"] + 20
    touch((x, y), hold=1.2)
    touch((x, y))
    touch((x, y))
    # A palm, then two fingers drawn apart.
    touch((300, 400), (330, 420), (350, 400), (320, 450), hold=0.3)
    touch((600, 400), (640, 400), then=[(300, 400), (940, 400)])
    assert page.evaluate("visualViewport.scale") == 1
    assert hall.windows() == alone
    assert page.evaluate("navigator.mediaDevices.getUserMedia({ audio: true }).then(() => 'heard')") == "heard"


@pytest.mark.parametrize(
    "address", ["chrome://policy", "file:///etc/hostname", "view-source:{url}/kiosk", "{url}/centre"]
)
def test_the_browser_shows_nothing_but_the_page(touched: tuple[Hall, Page], kiosk: RunningKiosk, address: str) -> None:
    hall, page = touched
    session = page.context.new_cdp_session(page)
    session.send("Page.navigate", {"url": address.format(url=kiosk.url)})
    expect(page.locator("#main-frame-error, #screen")).to_be_visible()
    assert "doesn’t allow" in page.inner_text("body") or page.locator("#screen").count() == 1
    page.goto(f"{kiosk.url}/kiosk")
    page.wait_for_selector("html[data-ready]")
    assert len(hall.windows()) == 1

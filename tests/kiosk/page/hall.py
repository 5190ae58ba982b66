"""The window a hall sees: Chromium as a box starts it, on a screen of its own (Xvfb), met by mouse and keys of X."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from free_ports import free_port
from PIL import Image, ImageChops, ImageGrab
from playwright.sync_api import Page, Playwright
from running_system import ROOT, without_settings
from screen_reader import ScreenReader

POLICIES = ROOT / "deploy" / "kiosk" / "policies.json"
SCREEN_SERVICE = ROOT / "deploy" / "kiosk" / "motcua-kiosk-screen.service"
CAGE = ("unshare", "--user", "--map-user=1000", "--map-group=1000", "cage", "-d")
"""The compositor as the box starts it; it refuses whoever could be root."""
CAGED = (1024, 768)
"""The window wlroots makes on a screen of X."""
PROGRAMS = ("chromium", "Xvfb", "setxkbmap", "xdotool", "xwininfo", "unshare")
ESCAPE_KEY = "9"
"""The key itself, whatever the keyboard's table makes of it."""
EXITS = [
    *("ctrl+n", "ctrl+t", "ctrl+shift+n", "ctrl+shift+t", "ctrl+w", "ctrl+shift+w", "ctrl+F4", "alt+F4", "ctrl+q"),
    *("ctrl+shift+q", "ctrl+o", "ctrl+s", "ctrl+p", "ctrl+shift+p", "ctrl+u", "ctrl+j", "ctrl+h", "ctrl+l", "alt+d"),
    *("ctrl+k", "ctrl+e", "ctrl+f", "ctrl+g", "ctrl+d", "ctrl+b", "ctrl+r", "ctrl+shift+r", "ctrl+plus", "ctrl+minus"),
    *("ctrl+shift+i", "ctrl+shift+j", "ctrl+shift+c", "ctrl+shift+o", "ctrl+shift+b", "ctrl+shift+a", "ctrl+shift+m"),
    *("ctrl+shift+Delete", "alt+f", "alt+e", "alt+Home", "alt+Left", "alt+Right", "alt+space", "alt+Tab", "ctrl+Tab"),
    *("F1", "F3", "F5", "F6", "F7", "F10", "F11", "F12", "shift+F10", "Menu", "super+l", "Print", "XF86Back"),
    *("XF86Forward", "XF86HomePage", "XF86Search", "XF86Reload", "XF86Favorites", "ctrl+1", "ctrl+Page_Down"),
    *(ESCAPE_KEY, f"shift+{ESCAPE_KEY}", f"ctrl+{ESCAPE_KEY}", f"alt+{ESCAPE_KEY}", "shift+Caps_Lock"),
]
ONE_WINDOW = 0.01
"""Part of the screen that may differ: the button that stops the voice becomes the one that begins it."""
PACKAGES = "apt-get install chromium xvfb xdotool x11-utils x11-xkb-utils cage xwayland"


def missing(*more: str) -> str | None:
    """What this machine lacks for a window of its own, and for what is wanted besides; None when nothing does."""
    absent = [name for name in (*PROGRAMS, *more) if shutil.which(name) is None]
    if absent:
        return f"{', '.join(absent)}: {PACKAGES}"
    if subprocess.run([*_namespace(), "true"], check=False, capture_output=True).returncode:
        return "no mount namespace may be made here, so the browser would not see its policies"
    return None


@dataclass
class Hall:
    """One screen with the kiosk's browser on it.

    Args:
        url: of the running system.
        folder: for the policies and the browser's log.
        size: of the screen.
        flags: more flags for the browser.
        without: names of policies to leave out.
        has_reader: whether a screen reader listens.
    """

    url: str
    folder: Path
    size: tuple[int, int] = (1366, 768)
    flags: Sequence[str] = ()
    without: Sequence[str] = ()
    has_reader: bool = False
    in_cage: bool = False
    """Whether the box' compositor stands between screen and browser; its own screen is then :data:`CAGED`."""
    reader: ScreenReader | None = None
    _children: list[subprocess.Popen[bytes]] = field(default_factory=list)
    display: str = ""

    def open(self) -> None:
        """Show the page and wait until it stands still."""
        reading, writing = os.pipe()
        width, height = self.size
        self._start(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp"],
            pass_fds=(writing,),
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            self.display = ":" + told.readline().strip()
        options = ("-option", "", *(part for name in _key_options() for part in ("-option", name)))
        self._ask("setxkbmap", "-layout", "us", *options)
        managed = self.folder / "managed"
        managed.mkdir(parents=True, exist_ok=True)
        (managed / "motcua.json").write_text(_policies(self.url, self.without), encoding="utf-8")
        browser = self.folder / "browser"
        # Without a window manager nobody makes a window as large as the screen.
        own = () if self.in_cage else (f"--window-size={width},{height}", "--window-position=0,0")
        own = (*own, "--no-sandbox", "--mute-audio", *self.flags)
        browser.write_text(f'#!/bin/sh\nexec chromium {" ".join(own)} "$@"\n')
        browser.chmod(0o755)
        shown = f'"{sys.executable}" -m cli.kiosk_browser "{browser}" "{self.url}/kiosk"'
        mounted = f'mkdir -p /etc/chromium/policies/managed && mount --bind "{managed}" /etc/chromium/policies/managed'
        environment = {**without_settings(), "PYTHONPATH": str(ROOT), "DISPLAY": self.display}
        if self.has_reader:
            self.reader = ScreenReader(environment)
            environment |= self.reader.environment
        if self.in_cage:
            shown = f"{' '.join(CAGE)} -- {shown}"
            environment |= self._compositor()
        self._start([*_namespace(), "sh", "-c", f"{mounted} && exec {shown}"], env=environment, cwd=ROOT)
        self.still()

    def _compositor(self) -> dict[str, str]:
        """What makes wlroots show on a screen of X, drawn by the processor, with the box' keyboard."""
        own = self.folder / "runtime"
        own.mkdir(mode=0o700, exist_ok=True)
        return {
            "WLR_BACKENDS": "x11",
            "WLR_RENDERER": "pixman",
            "XDG_RUNTIME_DIR": str(own),
            "XKB_DEFAULT_OPTIONS": ",".join(_key_options()),
        }

    def close(self) -> None:
        """End the browser, what read it out, then the screen."""
        for child in reversed(self._children):
            if child is self._children[0] and self.reader is not None:
                self.reader.close()
            child.send_signal(signal.SIGTERM)
            try:
                child.wait(20)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def windows(self) -> list[str]:
        """What can be seen, one line a window: its title and its size."""
        found = self._ask("xwininfo", "-root", "-tree")
        # A browser keeps windows nobody can see, which have no size to speak of.
        ids = [line.split()[0] for line in found.splitlines() if line.strip().startswith("0x")]
        seen = []
        for each in ids:
            told = self._ask("xwininfo", "-id", each)
            if "IsViewable" in told:
                facts = dict(line.strip().split(": ", 1) for line in told.splitlines() if ": " in line)
                if int(facts["Width"]) > 10:
                    title = told.split('"')[1] if '"' in told else ""
                    seen.append(f"{title} {facts['Width'].strip()}x{facts['Height'].strip()}")
        return seen

    def keys(self, *combinations: str) -> None:
        """Press keys by their X names: ``ctrl+w``, ``F11``."""
        self._ask("xdotool", "key", "--clearmodifiers", "--delay", "30", *combinations)

    def type(self, words: str) -> None:
        """Type words."""
        self._ask("xdotool", "type", "--delay", "15", words)

    def click(self, x: int, y: int, button: int = 1) -> None:
        """Press a button of the mouse at a place."""
        self._ask("xdotool", "mousemove", str(x), str(y), "click", str(button))

    def drag(self, start: tuple[int, int], end: tuple[int, int]) -> None:
        """Draw with the left button held."""
        self._ask(
            *("xdotool", "mousemove", str(start[0]), str(start[1]), "mousedown", "1"),
            *("mousemove", "--sync", str(end[0]), str(end[1]), "mouseup", "1"),
        )

    def look(self) -> Image.Image:
        """The screen as it is now."""
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def still(self, seconds: float = 60.0) -> Image.Image:
        """The screen when it has stopped changing and shows something."""
        deadline = time.monotonic() + seconds
        before = self.look()
        while time.monotonic() < deadline:
            time.sleep(0.7)
            now = self.look()
            if changed(before, now) == 0 and len(now.getcolors(maxcolors=1_000_000) or "many") > 50:
                return now
            before = now
        raise AssertionError("the screen never stood still")

    def _start(self, command: Sequence[str], **how: object) -> None:
        with (self.folder / "log").open("ab") as log:
            child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, **how)  # type: ignore[call-overload]
        self._children.append(child)

    def _ask(self, *command: str) -> str:
        environment = {**os.environ, "DISPLAY": self.display}
        done = subprocess.run(command, check=False, capture_output=True, text=True, env=environment, timeout=30)
        return done.stdout


@contextmanager
def touched_window(
    url: str,
    playwright: Playwright,
    folder: Path,
    size: tuple[int, int] = (1366, 768),
    flags: Sequence[str] = (),
    *,
    has_reader: bool = False,
) -> Iterator[tuple[Hall, Page]]:
    """The window as it ships, with the one door open by which fingers come in without a glass, and its page."""
    port = free_port()
    hall = Hall(
        url,
        folder,
        size=size,
        flags=[
            f"--remote-debugging-port={port}",
            "--touch-events=enabled",
            "--use-fake-device-for-media-stream",
            *(["--force-renderer-accessibility"] if has_reader else []),
            *flags,
        ],
        has_reader=has_reader,
        without=["DeveloperToolsAvailability", "RemoteDebuggingAllowed"],
    )
    hall.open()
    browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{port}")
    try:
        yield hall, browser.contexts[0].pages[0]
    finally:
        browser.close()
        hall.close()


def changed(before: Image.Image, now: Image.Image) -> float:
    """The part of the screen that looks different, from 0 to 1."""
    difference = ImageChops.difference(before, now).convert("L").point(lambda value: 255 if value > 24 else 0)
    return difference.histogram()[255] / (now.width * now.height)


def _policies(url: str, without: Sequence[str]) -> str:
    policies = json.loads(POLICIES.read_text(encoding="utf-8").replace("http://127.0.0.1:8080", url))
    return json.dumps({name: value for name, value in policies.items() if name not in without})


def _key_options() -> list[str]:
    """What the box' screen does to the keyboard."""
    lines = SCREEN_SERVICE.read_text(encoding="utf-8").splitlines()
    return next(line for line in lines if "XKB_DEFAULT_OPTIONS=" in line).rpartition("=")[2].split(",")


def _namespace() -> list[str]:
    """A view of the machine in which the policies lie where Chromium reads them."""
    return ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--mount", "--map-root-user"]

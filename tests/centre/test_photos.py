"""Photos of problems keep the picture and lose everything else."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from centre.photos import LARGEST_FILE, LONGEST_SIDE, NoPhoto, Photos
from tickets.scanning import Scanner


def photo(size: tuple[int, int] = (400, 300), form: str = "JPEG", **how: object) -> bytes:
    picture = Image.new("RGB", size, (200, 30, 30))
    picture.paste((20, 20, 220), (0, 0, size[0] // 2, size[1]))
    content = BytesIO()
    picture.save(content, form, **how)
    return content.getvalue()


def kept(photos: Photos, content: bytes) -> Image.Image:
    path = photos.path(photos.keep(content))
    assert path is not None
    return Image.open(path)


@pytest.fixture
def photos(tmp_path: Path) -> Photos:
    return Photos(tmp_path / "reports")


def test_nothing_a_camera_wrote_is_kept_and_the_picture_stands_upright(photos: Photos, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F] = "a telephone's maker"
    exif[0x0112] = 6  # turned by a quarter
    exif[0x8825] = {1: "N", 2: (21.0, 1.0, 2.0)}
    found = kept(photos, photo(exif=exif, comment=b"a comment"))
    assert found.size == (300, 400)
    assert dict(found.getexif()) == {}
    (path,) = (tmp_path / "reports").iterdir()
    for trace in (b"maker", b"comment", b"Exif"):
        assert trace not in path.read_bytes()
    # Blue was on the left; turned, it is above.
    assert found.convert("RGB").getpixel((150, 20))[2] > 150  # type: ignore[index]


@pytest.mark.parametrize("form", ["PNG", "WEBP", "GIF"])
def test_other_forms_become_the_same(photos: Photos, form: str) -> None:
    assert kept(photos, photo(form=form)).format == "JPEG"


def test_a_large_photo_is_made_smaller(photos: Photos) -> None:
    assert max(kept(photos, photo((4000, 3000))).size) == LONGEST_SIDE


def _bomb() -> bytes:
    return photo((9000, 9000), "PNG")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a" + b"\0" * 20,
        photo()[:200],
        b"\xff\xd8\xff" + b"0" * 1000,
        b"0" * (LARGEST_FILE + 1),
    ],
    ids=["nothing", "svg", "pdf", "false gif", "half a photo", "noise", "too large"],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(photos: Photos, tmp_path: Path, content: bytes) -> None:
    with pytest.raises(NoPhoto):
        photos.keep(content)
    assert not list(tmp_path.glob("reports/*"))


def test_a_small_file_with_gigabytes_of_pixels_is_refused(photos: Photos) -> None:
    with pytest.raises(NoPhoto):
        photos.keep(_bomb())


def test_names_from_outside_lead_nowhere(photos: Photos, tmp_path: Path) -> None:
    name = photos.keep(photo())
    (tmp_path / "secret.jpg").write_bytes(b"x")
    for odd in ("../secret.jpg", "secret.jpg", "", ".", f"{name}/../{name}", name.upper()):
        assert photos.path(odd) is None
    photos.forget("../secret.jpg")
    assert (tmp_path / "secret.jpg").exists()
    photos.forget(name)
    assert photos.path(name) is None


@pytest.mark.parametrize(
    ("program", "taken"),
    [("cat >/dev/null; exit 0", True), ("cat >/dev/null; exit 1", False), ("cat >/dev/null; exit 2", False)],
    ids=["clean", "infected", "out of order"],
)
def test_a_photo_is_scanned_as_it_came_and_taken_when_it_is_clean(tmp_path: Path, program: str, taken: bool) -> None:
    photos = Photos(tmp_path / "reports", Scanner(("sh", "-c", f"cat >{tmp_path}/scanned; {program}")))
    if taken:
        assert photos.path(photos.keep(photo())) is not None
    else:
        with pytest.raises(NoPhoto):
            photos.keep(photo())
        assert not list(tmp_path.glob("reports/*"))
    assert (tmp_path / "scanned").read_bytes() == photo()

"""The papers of a dossier: portals mix them with headings, hints and remarks, and shuffle their order."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from catalogue.importers.forms import PaperCaseForm, PaperForm
from catalogue.record import Paper, PaperCase
from catalogue.text import capitalise, list_mark, says_nothing, strip_marks, tidy

MAX_COUNT = 99
"""A higher number of copies is a year or a form number that slipped into the field."""

_LETTERS = "abcdđeghiklmnopqrstuvxy"

_REMARK = re.compile(r"lưu ý|ghi chú|chú ý|số lượng hồ sơ|\d* ?\(?bộ\)? hồ sơ$", re.IGNORECASE)
_GENERAL = re.compile(
    r"(?:\W*|bao gồm|gồm( có)?"
    r"|(?:các )?giấy tờ phải (?:nộp|xuất trình).*"
    r"|(?:\W*(?:\d\W*)?)?thành phần(?:, số lượng)? hồ sơ.{0,25}"
    r"|hồ sơ(?: đề nghị)?(?: bao gồm| gồm| gồm có)?"
    r"|người yêu cầu .{0,40} nộp 01 .{0,60}(?:gồm|sau đây).*)",
    re.IGNORECASE,
)
_SHOW = re.compile(
    r"(?<!nộp/)(?<!nộp, )(?<!nộp hoặc )(?<!nộp và )(?<!gửi hoặc )xuất trình"
    r"(?!\s*(?:/|,|hoặc|và)\s*(?:gửi|nộp|tải|đăng))",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"trường hợp|đối với|người |cá nhân |tổ chức |cơ quan |doanh nghiệp |công dân |việc |nếu |khi |ví dụ"
    r"|chi phí|thời hạn|chậm nhất|không |hoặc |các (?:tài liệu|giấy tờ|thông tin|trường hợp)|\(",
    re.IGNORECASE,
)
_COUNT_TAIL = re.compile(
    r"\s*[:;,(]\s*(?:số lượng:?\s*)?0?(\d{1,2})\s*(?:\([^)]{1,12}\)\s*)?"
    r"bản\s+(?:chính|gốc|sao|chụp)\s*\)?[\s.;]*$",
    re.IGNORECASE,
)
_FORM = re.compile(
    r"(?:tờ khai|bản khai|phiếu khai)\b"
    r"|(?:đơn|phiếu|giấy đề nghị|văn bản đề nghị|công văn đề nghị)\b.*\bmẫu\b",
    re.IGNORECASE,
)
_FRAGMENT = re.compile(
    r"\(|(?:hoặc|và|kèm|có|nếu|để|theo|trong|do|được|đối với|trường hợp|thì|cùng|như|khi)\s|(?:hoặc|và)$"
)
"""How a piece begins that a crawl cut off another paper at "01 bản chính"; always in lower case."""

_FILE_NAME = re.compile(r"(?:(?<=[).])\s*[^.()]{1,120}|\s*\S+)\.(?:docx?|pdf|xlsx?|rtf)\s*$", re.IGNORECASE)
_FORM_FILES = re.compile(
    r"(?:[\s;(]*(?:(?<![\d/])\d{1,3}\s*-\s*)?\b(?:m[ẫãa]u|phụ lục|biểu)\b[^;()]{0,40}?"
    r"\.(?:docx?|pdf|xlsx?|rtf)(?:\s*\(\d\)(?:\.\w{3,4})?)?)+\s*$",
    re.IGNORECASE,
)
"""Names of several files in a row: "… 01/7/2024.mẫu số 1.docxPhụ lục.docx"."""
_FORM_FILE = re.compile(r"(?<=[^\W\dA-ZĐ_])Mau\s+\S.*$")
"""Only names of files write "mẫu" without its sign, and without a blank before it: "thủy sảnMau 04 TS"."""
_EATEN_NUMBER = re.compile(r"\s+(?:theo\s+)?(?:(?:biểu\s+)?mẫu\s+số|phụ lục(?:\s+số)?)$|\.\d{1,2}$", re.IGNORECASE)
"""The crawl took a form's number for a number of copies: "Đơn theo Mẫu số", 11 originals, was "Mẫu số 1"."""

_LETTER = re.compile(r"[A-Z]\.\s+(?=[A-ZĐ])")
"""The mark of a part: "A. Đối với hộ kinh doanh"."""
_CASE_OPENING = re.compile(r"(?:thành phần\s+)?hồ sơ\s+(?=đối với|trong trường hợp|trường hợp)", re.IGNORECASE)
_CASE_CLOSING = re.compile(
    r"[\s,;:]+(?:hồ sơ\s+)?(?:bao\s+)?gồm(?:\s+có)?$|\s+thì cần có$|[\s,]+cụ thể$", re.IGNORECASE
)
_COPIED_ROW = re.compile(r"(?:trực tiếp|trực tuyến|dịch vụ bưu chính)\s*\d+\s*(?:ngày|giờ)", re.IGNORECASE)
"""A row of the table of ways, copied where a situation should stand: "Trực tiếp3 Ngày làm việc10,000 Việt Nam Đồng"."""
_OPEN_END = re.compile(r"\s+(?:theo|tại)$", re.IGNORECASE)
"""What is left of "Tờ khai theo mẫu" when the crawl has taken the form's name away."""
_LONGEST_REMARK = 250
"""Characters; an entry without any number of copies that is longer is an explanation."""


def read_papers(cases: Sequence[PaperCaseForm]) -> tuple[PaperCase, ...]:
    """Papers by situation, those everybody brings first; remarks are left out."""
    found: dict[str | None, dict[str, Paper]] = {}
    for case in cases:
        heading = strip_marks(_FORM_FILES.sub("", tidy(case.case)))
        if _REMARK.match(heading):
            continue
        label = None if _GENERAL.fullmatch(heading) or _COPIED_ROW.match(heading) else _label(heading)
        show_only = _SHOW.search(heading) is not None
        for form in _in_order(case.papers):
            paper = _read_paper(form, show_only)
            if paper is not None:
                found.setdefault(label, {}).setdefault(paper.text.lower(), paper)
    ordered = sorted(found.items(), key=lambda entry: entry[0] is not None)
    return tuple(PaperCase(case=label, items=tuple(papers.values())) for label, papers in ordered)


def forms_among(cases: Iterable[PaperCase]) -> tuple[str, ...]:
    """The papers that are forms to fill in."""
    texts = (paper.text for case in cases for paper in case.items)
    return tuple(dict.fromkeys(text for text in texts if _FORM.match(text)))


def _label(heading: str) -> str | None:
    label = _CASE_CLOSING.sub("", _CASE_OPENING.sub("", _LETTER.sub("", heading), count=1)).rstrip(" .,;:-(")
    return capitalise(label) or None


def _read_paper(form: PaperForm, show_only: bool) -> Paper | None:
    published = _FORM_FILE.sub("", _FORM_FILES.sub("", tidy(form.name).split(";;", 1)[0]))
    named_file = "." in published[-6:]
    text = strip_marks(_FILE_NAME.sub("", published) if named_file else published).rstrip(" (.;,:-")
    originals, copies = (_count(value) for value in (form.originals, form.copies))
    if len(text) < 3 or says_nothing(text) or _REMARK.match(text) or _FRAGMENT.match(text):
        return None
    if not originals and not copies and _is_remark(published, text):
        return None
    tail = _COUNT_TAIL.search(text)
    if tail and int(tail[1]) in {originals, copies}:
        text = text[: tail.start()]
    if _EATEN_NUMBER.search(text):
        text = _EATEN_NUMBER.sub("", text)
        originals, copies = min(originals, 1), min(copies, 1)
    text = _OPEN_END.sub("", text)
    if len(text) < 3:
        return None
    return Paper(text=capitalise(text), originals=originals, copies=copies, show_only=show_only)


def _is_remark(published: str, text: str) -> bool:
    return published.endswith(":") or len(text) > _LONGEST_REMARK or _SENTENCE.match(text) is not None


def _count(value: int | None) -> int:
    return value if value is not None and value <= MAX_COUNT else 0


def _in_order(papers: Sequence[PaperForm]) -> list[PaperForm]:
    """Lettered or numbered papers in the order of their marks, the others behind them as they came."""
    return sorted(papers, key=lambda paper: _mark_order(list_mark(paper.name)))


def _mark_order(mark: str | None) -> int:
    if mark is None:
        return 1_000
    return int(mark) if mark.isdigit() else _LETTERS.find(mark)

"""What officers read about mistakes in records: one Vietnamese sentence a mistake.

Another language replaces this file; no other part of the room says anything to a person.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

_MOST_AT_ONCE = 3

_SAYINGS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "missing": lambda _: "còn thiếu mục này",
    "extra_forbidden": lambda _: "mục lạ, mẫu hồ sơ không có mục này (có thể gõ sai tên mục)",
    "string_type": lambda _: "phải là chữ; nếu là số hoặc ngày thì đặt trong dấu ngoặc kép",
    "string_pattern_mismatch": lambda _: "mã thủ tục phải có dạng 1.001193 (một chữ số, dấu chấm, sáu chữ số)",
    "string_too_long": lambda context: f"dài quá {context['max_length']} ký tự",
    "string_unicode": lambda _: "có ký tự hỏng, không đọc được",
    "too_short": lambda _: "không được để trống",
    "too_long": lambda context: f"có quá {context['max_length']} dòng",
    "enum": lambda context: f"phải là một trong: {context['expected'].replace(' or ', ', ')}",
    "int_type": lambda _: "phải là số nguyên",
    "int_parsing": lambda _: "phải là số nguyên",
    "int_from_float": lambda _: "phải là số nguyên",
    "float_type": lambda _: "phải là số",
    "float_parsing": lambda _: "phải là số",
    "finite_number": lambda _: "phải là một số bình thường",
    "bool_type": lambda _: "phải là true hoặc false",
    "bool_parsing": lambda _: "phải là true hoặc false",
    "greater_than_equal": lambda context: f"không được nhỏ hơn {context['ge']}",
    "less_than_equal": lambda context: f"không được lớn hơn {context['le']}",
    "date_type": lambda _: "phải là ngày, viết dạng 2026-07-20",
    "date_parsing": lambda _: "phải là ngày, viết dạng 2026-07-20",
    "date_from_datetime_parsing": lambda _: "phải là ngày, viết dạng 2026-07-20",
    "date_from_datetime_inexact": lambda _: "phải là ngày, viết dạng 2026-07-20, không có giờ",
    "tuple_type": lambda _: "phải là một danh sách, mỗi dòng bắt đầu bằng dấu gạch ngang",
    "list_type": lambda _: "phải là một danh sách",
    "dict_type": lambda _: "phải là một nhóm gồm tên mục và giá trị",
    "model_type": lambda _: "phải là một nhóm gồm tên mục và giá trị",
    "model_attributes_type": lambda _: "phải là một nhóm gồm tên mục và giá trị",
}

_RECORD_RULES = {
    "must not be empty": "không được để trống",
    "value and unit belong together; leave both out when the unit is not known": (
        "số và đơn vị thời gian phải đi cùng nhau; không rõ đơn vị thì bỏ cả hai"
    ),
    "most must be greater than value": "mức cao nhất (most) phải lớn hơn mức thấp nhất (value)",
    "most must be greater than least": "mức cao nhất (most) phải lớn hơn mức thấp nhất (least)",
    "an amount has no bounds beside it": "đã ghi số tiền (amount) thì không ghi thêm khoảng (least, most, share)",
}


def mistakes_of(error: ValidationError) -> list[ErrorDetails]:
    """What is wrong with a record; a list is not called empty because what stands in it is wrong."""
    every = error.errors(include_url=False)
    inside = {mistake["loc"][:-1] for mistake in every}
    return [mistake for mistake in every if mistake["type"] != "too_short" or mistake["loc"] not in inside]


def describe(mistake: ErrorDetails) -> str:
    """One mistake in words, without the place where it stands."""
    if mistake["type"] == "value_error":
        said = str(mistake.get("ctx", {}).get("error", mistake["msg"]))
        return _RECORD_RULES.get(said, said)
    saying = _SAYINGS.get(mistake["type"])
    return saying(mistake.get("ctx", {})) if saying else str(mistake["msg"])


def describe_all(error: ValidationError) -> str:
    """The first mistakes of a record, each with the field it stands in."""
    mistakes = mistakes_of(error)
    told = [f"{place(mistake['loc'])}: {describe(mistake)}" for mistake in mistakes[:_MOST_AT_ONCE]]
    if len(mistakes) > _MOST_AT_ONCE:
        told.append(f"và {len(mistakes) - _MOST_AT_ONCE} lỗi khác")
    return "; ".join(told)


def place(path: tuple[str | int, ...]) -> str:
    """A field as a reader would point at it: ``papers[2].name``, counted from 1."""
    told = ""
    for part in path:
        told += f"[{part + 1}]" if isinstance(part, int) else f".{part}"
    return told.lstrip(".") or "hồ sơ"


NO_CODE = "không có mã thủ tục"
BAD_JSON = "dòng này không phải JSON hợp lệ"
BAD_ENCODING = "có ký tự không phải UTF-8"
TOO_LONG = "dòng quá dài"
CUT_OFF = "tệp bị cắt ngang hoặc nén hỏng; phần sau không đọc được"
NOT_RECORDS = "không phải tệp hồ sơ thủ tục"
NAMES_ONLY = "chỉ có tên thủ tục, không có nội dung để trả lời; không nhập"
UNKNOWN_SHAPE = "không đúng mẫu hồ sơ nào đang được hỗ trợ"
NOT_AN_OBJECT = "mỗi hồ sơ phải là một nhóm gồm tên mục và giá trị"
EMPTY_FOLDER = "thư mục không có tệp hồ sơ nào"
UNREADABLE = "không đọc được tệp"
NO_DATE = "không ghi ngày lấy dữ liệu"
"""Reasons for which a record or a file is left out of an import."""

NOT_YAML = "không đọc được: sai cách viết YAML (kiểm tra dấu hai chấm, thụt đầu dòng, dấu ngoặc kép)"
EMPTY_FILE = "tệp không có nội dung"
NOT_A_GROUP = "tệp phải gồm các mục dạng tên: giá trị"
DUPLICATE_KEY = "mục này ghi hai lần; chỉ giữ một"
LAST_GOOD_ANSWERS = "bản đúng gần nhất vẫn đang trả lời"
"""Mistakes in a hand-written file."""


ANSWERED_FROM_NEWER = "đang trả lời theo bản mới"
TOLD_AS_DOUBTFUL = "đang trả lời là chưa chắc"
"""What citizens hear while a newer record waits to be read."""


def wrong_file_name(other: str) -> str:
    """Two hand-written files of one procedure."""
    return f"mã này đã có trong tệp {other}"


def twice(line: int, name: str) -> str:
    """A code that stands twice in one import."""
    return f"mã này đã có ở dòng {line} ({name})"


def older(known: str) -> str:
    """A record that is older than the one already here."""
    return f"cũ hơn bản đang có (kiểm tra ngày {known})"


def other_procedure(name: str) -> str:
    """A record that carries the code of another procedure."""
    return f"mã này là của thủ tục khác: {name}"


def not_in_force(state: str) -> str:
    """A record the portal itself no longer holds to be in force."""
    return f"Cổng dịch vụ công ghi thủ tục này không còn áp dụng (trạng thái {state})"


def unknown_publisher(code: str) -> str:
    """An agency's code nobody has written down yet."""
    return f"chưa biết mã cơ quan {code}; thêm mã này vào catalogue/importers/publishers.yml rồi nhập lại"


def rejected(title: str | None) -> str:
    """A code whose published page is known to be wrong."""
    return "mã nằm trong danh sách trang bị lẫn nội dung" + (f" ({title})" if title else "")

"""How people ask about the dossier they were just shown, in folded words."""

from __future__ import annotations

import re
from typing import Final

OPENING_HOURS: Final = (
    r"may gio(?: \S+){0,2} (?:mo cua|lam viec|dong cua)|(?:mo cua|lam viec)(?: \S+){0,2} may gio|"
    r"gio (?:lam viec|mo cua)|(?:thu (?:bay|7)|chu nhat|cuoi tuan)(?: \S+){0,2} (?:lam viec|mo cua)|opening hours|"
    r"what time (?:do|does) (?:it|they) open"
)
"""When the office is open."""
TO_ONES_HOME: Final = r"(?:gui|chuyen|giao)(?: \S+){0,2} (?:ve|toi|den|tan) nha"
"""By post."""
LEFT_TO_PAY: Final = r"(?:tien|phi|thue)(?: \S+)? con (?:thieu|no)|con (?:thieu|no)(?: \S+){0,2} (?:tien|phi|thue)"
"""What is still owed."""
WHY_LATE = re.compile(
    r"(?<!\S)(?:sao (?:\S+ ){0,3}(?:lau|tre|cham)|tre hen|qua hen|lau the|lau qua|cham the|tre (?:bao lau|may ngay)|"
    r"(?:vi|tai) sao (?:\S+ ){0,2}(?:tra ve|tu choi|khong duoc|bi tra|dung|chua|bi|lai)|lam gi ma (?:lau|cham)|"
    r"sao ma (?:lau|cham)|why)(?!\S)"
)
COMPLAINS = re.compile(
    r"(?<!\S)(?:khieu nai|keu (?:voi )?ai|than phien|bao ai|gap ai|hoi ai|goi ai|goi cho ai|complain)(?!\S)"
)
WANTS_NEWS = re.compile(
    r"(?<!\S)(?:(?:bao|nhan|nhan tin)(?! ai)(?: \S+){0,4} (?:khi|neu|luc) (?:\S+ ){0,3}?(?:xong|co|ket qua|thay doi)|"
    r"theo doi|tell me when|let me know|follow)(?!\S)"
)
OF_IT = re.compile(
    r"(?<!\S)(?:(?:lay|nhan)(?: \S+){0,4} (?:o dau|duoc)|o dau lay|thieu|bo sung|nop them|dem them|mang them|con can|"
    r"can them|can gi nua|(?:mat|lam mat|khong con|quen)(?: \S+){0,2} (?:giay|phieu) hen|con phai (?:nop|dong)|"
    r"hen (?:hom|ngay|khi|bao)|ai dang giu|"
    r"(?:khi nao|bao gio|hom nao|bua nao|ngay nao|chung nao)(?: \S+){0,3} (?:lay|nhan|xong|co|tra|linh)(?: ket qua)?|"
    r"(?:can|phai|con phai) (?:toi )?lam gi(?: nua| tiep)?(?: khong| ko)?$|"
    r"(?:when|where) (?:can|do|will|should) (?:i|we) (?:\S+ ){0,2}(?:collect|pick|get))(?!\S)"
)
"""What is asked of a dossier on its way, and of a procedure only where none was shown."""
SURELY_OF_IT = re.compile(
    r"(?<!\S)(?:(?:lay|nhan|linh)(?: \S+){0,3} (?:mang|dem|cam)(?: theo)?(?: \S+)? gi|"
    r"(?:mang|dem|cam)(?: theo)?(?: giay to)? gi(?: \S+){0,2} (?:lay|nhan|linh)|"
    r"con phai (?:nop|dong)(?: them)?(?: \S+){0,2} (?:tien|phi|thue)|"
    rf"{LEFT_TO_PAY}|{TO_ONES_HOME}|{OPENING_HOURS}|what (?:do|should) i bring)(?!\S)"
)
"""Collecting it: what to bring, what is still to be paid, by post, when the office is open."""

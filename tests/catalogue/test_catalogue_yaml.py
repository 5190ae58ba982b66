from __future__ import annotations

from pathlib import Path

import pytest

from catalogue.yaml_files import CatalogueFileError, load_folder, read_folder

GOOD = """\
code: "9.000001"
official_name: Đăng ký nuôi ong
short_name: Nuôi ong
agency: Bộ Nông nghiệp và Môi trường
field: Chăn nuôi
levels: [commune]
checked_on: 2026-07-20
papers:
  - items:
      - {text: "Tờ khai", originals: 1}
submissions:
  - way: direct
    times: [{value: 5, unit: working_day}]
    fees: [{amount: 0}]
"""


def write(folder: Path, text: str, name: str = "9.000001.yml") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_the_records_of_a_folder_are_read(handwritten: Path) -> None:
    write(handwritten, GOOD)
    write(handwritten, GOOD.replace("9.000001", "9.000000"), "9.000000.yaml")
    write(handwritten, "not a record", "readme.md")
    assert [procedure.code for procedure in load_folder(handwritten)] == ["9.000000", "9.000001"]


def test_an_absent_folder_holds_nothing(tmp_path: Path) -> None:
    assert load_folder(tmp_path / "absent") == ()


@pytest.mark.parametrize(
    ("label", "old", "new", "line", "field", "said"),
    [
        ("code without quotes", '"9.000001"', "9.000001", 1, "code", "dấu ngoặc kép"),
        ("not a code", '"9.000001"', '"9.1"', 1, "code", "1.001193"),
        ("a misspelt field", "short_name", "shortname", 3, "shortname", "mục lạ"),
        ("an empty name", "Nuôi ong", '" "', 3, "short_name", "để trống"),
        ("an unknown level", "[commune]", "[village]", 6, "levels[1]", "commune"),
        ("not a day", "2026-07-20", "tháng bảy", 7, "checked_on", "2026-07-20"),
        (
            "a count that is a word",
            "originals: 1",
            "originals: một",
            10,
            "papers[1].items[1].originals",
            "số nguyên",
        ),
        ("a paper without text", 'text: "Tờ khai", ', "", 10, "papers[1].items[1].text", "còn thiếu"),
        ("a negative fee", "amount: 0", "amount: -1", 14, "submissions[1].fees[1].amount", "nhỏ hơn 0"),
        ("a unit nobody knows", "working_day", "moon", 13, "submissions[1].times[1].unit", "working_day"),
        ("a value without unit", ", unit: working_day", "", 13, "submissions[1].times[1]", "đơn vị"),
        ("a list that is none", "[commune]", "commune", 6, "levels", "danh sách"),
        ("a missing field", "field: Chăn nuôi\n", "", 1, "field", "còn thiếu"),
        ("a field written twice", "agency: ", "field: Xe\nagency: ", 6, "field", "hai lần"),
        ("bad YAML", "agency: Bộ", "agency: [Bộ", 5, "", "YAML"),
    ],
)
def test_a_mistake_is_told_by_file_line_and_field(
    handwritten: Path, label: str, old: str, new: str, line: int, field: str, said: str
) -> None:
    write(handwritten, GOOD.replace(old, new, 1))
    problems = read_folder(handwritten).problems
    assert {problem.file for problem in problems} == {"9.000001.yml"}
    told = {(problem.line, problem.field): problem.what for problem in problems}
    assert said in str(told[line, field]), label


@pytest.mark.parametrize(("content", "said"), [("", "không có nội dung"), ("- a\n- b\n", "tên: giá trị")])
def test_a_file_without_a_record_is_told(handwritten: Path, content: str, said: str) -> None:
    write(handwritten, content)
    (problem,) = read_folder(handwritten).problems
    assert said in str(problem.what)


def test_a_file_in_another_encoding_is_told(handwritten: Path) -> None:
    (handwritten / "9.000001.yml").write_bytes(GOOD.encode("utf-16"))
    (problem,) = read_folder(handwritten).problems
    assert problem.file == "9.000001.yml"


def test_all_mistakes_of_a_folder_are_told_at_once(handwritten: Path) -> None:
    write(handwritten, GOOD.replace("commune", "village").replace("amount: 0", "amount: x"))
    write(handwritten, "", "9.000002.yml")
    with pytest.raises(CatalogueFileError) as caught:
        load_folder(handwritten)
    assert len(caught.value.problems) == 3
    assert "9.000001.yml, dòng 6, mục levels[1]: phải là một trong" in str(caught.value)


def test_a_mistake_in_one_file_leaves_the_others_usable(handwritten: Path) -> None:
    write(handwritten, GOOD)
    write(handwritten, "code: [", "9.000002.yml")
    contents = read_folder(handwritten)
    assert [procedure.code for procedure in contents.procedures] == ["9.000001"]
    assert [problem.file for problem in contents.problems] == ["9.000002.yml"]


def test_two_files_of_one_procedure_are_told(handwritten: Path) -> None:
    write(handwritten, GOOD)
    write(handwritten, GOOD, "9.000001-copy.yml")
    contents = read_folder(handwritten)
    assert len(contents.procedures) == 1
    assert "9.000001" in str(contents.problems[0].what)


def test_a_province_may_have_its_own_file(handwritten: Path) -> None:
    write(handwritten, GOOD)
    write(handwritten, GOOD + 'province: "22"\n', "9.000001-22.yml")
    assert [procedure.province for procedure in load_folder(handwritten)] == [None, "22"]


def test_yaml_cannot_make_python_objects(handwritten: Path) -> None:
    write(handwritten, GOOD.replace("Nuôi ong", "!!python/object/apply:os.getcwd []"))
    (problem,) = read_folder(handwritten).problems
    assert "YAML" in str(problem.what)

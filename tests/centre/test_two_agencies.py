"""Two whole installations, each with its own processes, database, secret and keys, exchange cases over the loopback."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from exchange_places import COMMUNE, DEPARTMENT, PDF, photo
from free_ports import free_ports
from running_system import ROOT, run_cli, without_settings

from installation.centre import CentreStores
from installation.root import Installation as Root
from runtime.settings import Settings

# Two systems start here: together with nothing else on their worker.
pytestmark = pytest.mark.xdist_group("two-agencies")

PASSWORD = "một mật khẩu đủ dài"
SECONDS = 240.0
"""Long, because machines that run tests are busy."""


class Installation:
    """One agency's web and worker, and an officer who is signed in there."""

    def __init__(self, folder: Path, code: str, name: str) -> None:
        self.code, self.name, self.port = code, name, free_ports(4)
        self.data, self.log = folder / code, folder / f"{code}.log"
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **without_settings(),
            "PYTHONPATH": str(ROOT),
            "MOTCUA_DATA_DIR": str(self.data),
            "MOTCUA_EXCHANGE_AGENCY": code,
            "MOTCUA_EXCHANGE_NAME": name,
        }
        self.process: subprocess.Popen[bytes] | None = None
        self.officer = httpx.Client(base_url=f"{self.url}/centre", trust_env=False, timeout=60)
        self.token = ""

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "cli.main", "up", "--only", "web,worker", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def answers(self) -> bool:
        try:
            return httpx.get(f"{self.url}/exchange/v1/agency", timeout=5, trust_env=False).status_code == 200
        except httpx.HTTPError:
            return False

    def kill(self) -> None:
        """As a power cut ends it: every process at once, nothing said to any."""
        assert self.process is not None
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        self.officer.close()
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.kill()

    def command(self, *arguments: str) -> str:
        done = run_cli(*arguments, environment=self.environment)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def invite(self) -> None:
        with closing(Root(Settings(data_dir=self.data))) as here:
            CentreStores(here).officers.set("lan", PASSWORD)

    def sign_in(self) -> None:
        self.officer.post("/sign-in", data={"name": "lan", "password": PASSWORD})
        self.token = str(re.search(r'name="csrf_token" value="([\w-]+)"', self.page("/exchange"))[1])  # type: ignore[index]

    def form(self, path: str, *papers: tuple[str, bytes], **values: str) -> httpx.Response:
        files = [("papers", paper) for paper in papers] or [("papers", ("", b""))]
        return self.officer.post(path, data={"csrf_token": self.token, **values}, files=files)

    def page(self, path: str) -> str:
        return self.officer.get(path).text


def wait_for(fits: Callable[[], object], log: Path | None = None) -> None:
    deadline = time.monotonic() + SECONDS
    while not fits():
        if time.monotonic() > deadline:
            raise AssertionError(
                log.read_text(errors="replace")[-4000:] if log is not None else "it did not come to be"
            )
        time.sleep(0.2)


@pytest.fixture(scope="module")
def agencies(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Installation, Installation]]:
    folder = tmp_path_factory.mktemp("two-agencies")
    both = Installation(folder, COMMUNE, "Xã mẫu"), Installation(folder, DEPARTMENT, "Sở mẫu")
    try:
        for one in both:
            one.start()
        for one in both:
            wait_for(one.answers, one.log)
            one.invite()
            one.sign_in()
        for one, other in (both, both[::-1]):
            # As two officers would: keys are fetched, their fingerprint compared, and then saved.
            asked = one.form("/partners", do="ask", address=other.url).text
            marks = re.findall(r"<strong>(\w{4}(?: \w{4}){3})</strong>", asked)
            assert marks[-1] in other.page("/partners")
            key = str(re.findall(r"whpk_[\w+/=]+", asked)[-1])
            saved = one.form("/partners", do="save", code=other.code, name=other.name, address=other.url, keys=key)
            assert saved.status_code == 303, saved.text
        yield both
    finally:
        for one in both:
            one.stop()


def sent(commune: Installation, key: str, *papers: tuple[str, bytes], subject: str = "Xác minh đất") -> str:
    words = {"partner": DEPARTMENT, "subject": subject, "words": "Đề nghị xác minh", "working_days": "5", "key": key}
    answer = commune.form("/exchange/new", *papers, **words)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].rpartition("/")[2]


def test_a_case_goes_to_the_other_installation_and_back(agencies: tuple[Installation, Installation]) -> None:
    commune, department = agencies
    case = f"/exchange/{sent(commune, '1', ('trích lục.pdf', PDF), ('ảnh.jpg', photo()))}"
    wait_for(lambda: "Đã đến, chưa xử lý" in commune.page(case))
    assert "có chữ ký của cơ quan nhận" in commune.page(case)
    for words in ("Xác minh đất", "trích lục.pdf", "ảnh.jpg", "Xã mẫu"):
        assert words in department.page(case)
    department.form(case, do="accept", key="1")
    department.form(case, do="ask_supplement", key="2", words="Thiếu sơ đồ")
    wait_for(lambda: "Chờ bổ sung" in commune.page(case))
    assert "Thiếu sơ đồ" in commune.page(case)
    commune.form(case, ("sơ đồ.pdf", PDF + b"%%EOF"), do="give_supplement", key="3")
    wait_for(lambda: "sơ đồ.pdf" in department.page(case))
    department.form(case, ("kết quả.pdf", PDF + b"\n%%EOF"), do="finish", key="4", words="Đúng như hồ sơ")
    wait_for(lambda: "Đã có kết quả" in commune.page(case))
    assert "kết quả.pdf" in commune.page(case)
    for one in agencies:
        kept = b"".join(path.read_bytes() for path in one.data.rglob("*") if path.is_file())
        assert "Đề nghị xác minh".encode() not in kept + one.log.read_bytes()


def test_a_power_cut_half_way_loses_nothing_and_doubles_nothing(agencies: tuple[Installation, Installation]) -> None:
    commune, department = agencies
    papers = [(f"{number}.pdf", PDF + b"%%EOF" * number + os.urandom(300_000) + b"%%EOF") for number in range(6)]
    ids = [sent(commune, f"cut {number}", *papers, subject=f"Việc {number}") for number in range(4)]
    wait_for(lambda: (department.data / "exchange").exists() and len(os.listdir(department.data / "exchange")) > 6)
    department.kill()
    commune.kill()
    for one in agencies:
        one.start()
    for one in agencies:
        wait_for(one.answers, one.log)
    for id in ids:
        commune.form(f"/exchange/{id}", do="again")
    for number, id in enumerate(ids):
        wait_for(lambda id=id: "Đã đến, chưa xử lý" in commune.page(f"/exchange/{id}"), commune.log)  # type: ignore[misc]
        page = department.page(f"/exchange/{id}")
        assert f"Việc {number}" in page
        assert page.count(".pdf</a>") == 6
    assert sum(department.page("/exchange").count(f"Việc {number}") for number in range(4)) == 4
    assert json.loads(commune.command("exchange", "waiting"))["messages"] == 0


def test_strangers_and_what_is_too_large_are_turned_away(agencies: tuple[Installation, Installation]) -> None:
    _, department = agencies
    address = f"{department.url}/exchange/v1"
    forged = {"webhook-id": "msg_forged00", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1a,AAAA"}
    with httpx.Client(trust_env=False, timeout=60) as client:
        assert client.post(f"{address}/messages", content=b"{}").json()["error"]["code"] == "unsigned"
        assert client.post(f"{address}/messages", content=b"{}", headers=forged).status_code == 401
        large = client.put(f"{address}/cases/{'a' * 32}/papers/{'b' * 64}", content=b"0" * 10_600_000, headers=forged)
        assert large.status_code == 413


def test_what_a_citizen_has_erased_is_erased_at_both(agencies: tuple[Installation, Installation]) -> None:
    commune, department = agencies
    case = f"/exchange/{sent(commune, 'erase', ('giấy tờ riêng.pdf', PDF + b'%%EOF '), subject='Việc riêng')}"
    wait_for(lambda: "Đã đến, chưa xử lý" in commune.page(case))
    assert "giấy tờ riêng.pdf" in department.page(case)
    commune.form(case, do="erase", sure="on")
    wait_for(lambda: "Bên kia báo đã xóa lúc" in commune.page(case))
    for one in agencies:
        assert "Việc riêng" not in one.page(case)
        assert "giấy tờ riêng.pdf" not in one.page(case)
    figures = httpx.get(f"{commune.url}/metrics", trust_env=False).text
    assert "motcua_exchange_erasures_waiting 0.0" in figures

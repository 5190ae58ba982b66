"""`motcua doctor`: each thing that is wrong is found, and has its cure."""

from __future__ import annotations

import datetime
import ipaddress
import json
import os
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from certificates import certificate
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from free_ports import free_port
from sqlalchemy import text
from typer.testing import CliRunner

from cli.main import app
from installation.doctor import clocks, machine, outside
from installation.doctor.finding import Finding, Level
from installation.doctor.looks import LOOKS, look_at
from installation.opening import opened
from installation.person_keys import LAST
from runtime import clock
from runtime.settings import Settings

KEY = "a secret of the tests, long enough"


def found(settings: Settings, check: str) -> list[Finding]:
    """What one look finds."""
    with opened(settings, with_tables=False) as here:
        return list(LOOKS[check](here))


def worst(findings: list[Finding]) -> Finding:
    return max(findings, key=lambda finding: list(Level).index(finding.level))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"environment": "development", "host": "0.0.0.0"}, "the simulator is open to the network"),
        ({"dossier_source": "sandbox"}, "invented ones"),
        ({"twilio_account_sid": "AC1"}, "signs the address"),
        ({"public_url": "http://a.example"}, "not https"),
        ({"public_url": "https://a.example"}, "none is trusted"),
        ({"database_url": "postgresql://db/m", "secret_key": KEY}, "Redis is this machine's own"),
        ({"database_url": "postgresql://db/m", "redis_url": "redis://r"}, "secret key is this machine's own"),
        ({"redis_url": "redis://r"}, "the database is a file"),
        ({"kiosk_name": "nhà văn hóa"}, "the centre gives a box its name"),
    ],
)
def test_settings_that_contradict_each_other_are_named(tmp_path: Path, given: dict[str, Any], said: str) -> None:
    settings = Settings(**{"data_dir": tmp_path, "environment": "production", **given})
    assert any(said in finding.said and finding.cure for finding in found(settings, "settings"))


def test_a_whole_installation_over_hosts_contradicts_nothing(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        environment="production",
        host="192.0.2.5",
        public_url="https://a.example",
        database_url="postgresql://db/m",
        redis_url="redis://r",
        secret_key=KEY,
    )
    # The sandbox is all there is without a part from outside.
    assert [finding.said for finding in found(settings, "settings")] == [
        "production, and dossiers are the sandbox's invented ones"
    ]


def test_a_key_beside_the_data_is_told_in_production(tmp_path: Path) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "secret.key").write_text(KEY)
    os.chmod(tmp_path / "secrets" / "secret.key", 0o600)
    (told,) = found(Settings(data_dir=tmp_path, environment="production"), "key")
    assert told.level is Level.WRONG
    assert "MOTCUA_SECRET_KEY_FILE" in told.said
    good = "8Kx2_vQ9-rT4bN7mL1zW5cY3hJ6fD0gS"
    (apart,) = found(Settings(data_dir=tmp_path, environment="production", secret_key=good), "key")
    assert apart.level is Level.OK
    os.chmod(tmp_path / "secrets" / "secret.key", 0o644)
    (open_to_all,) = found(Settings(data_dir=tmp_path), "key")
    assert open_to_all.level is Level.WRONG


def test_a_port_another_program_has_is_told(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        settings = Settings(data_dir=tmp_path, port=port, url=f"http://127.0.0.1:{port + 0}")
        threading.Thread(target=lambda: other.accept()[0].close(), daemon=True).start()
        told = found(settings, "ports")
    assert [finding.level for finding in told if str(port) in finding.said] == [Level.WRONG]
    assert "MOTCUA_PORT" in worst(told).cure


def test_a_core_reached_by_tls_is_looked_at_by_its_certificate(tmp_path: Path) -> None:
    """Its port may be another host's, or a balancer's: whether it is free here says nothing."""
    files = certificate(tmp_path)
    server = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    server.load_cert_chain(*files)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]

        def serve() -> None:
            with listening.accept()[0] as plain, suppress(OSError):
                server.wrap_socket(plain, server_side=True).close()

        threading.Thread(target=serve, daemon=True).start()
        settings = Settings(
            data_dir=tmp_path, port=free_port(), core_url=f"https://127.0.0.1:{port}", core_authority=files[0]
        )
        told = found(settings, "certificates")
        assert [finding.said for finding in told] == ["the certificate of 127.0.0.1 ends in 0 days"]
        assert not [finding for finding in found(settings, "ports") if "core" in finding.said]


def test_a_running_system_is_asked_how_its_parts_are() -> None:
    told = list(
        machine.readiness(
            {
                "dependencies": {"core": {"state": "ok"}, "database": {"state": "down", "cause": "OperationalError"}},
                "others": {"routes": {"state": "needs_hand", "details": ["smpp: no message goes out this way"]}},
            },
            "http://127.0.0.1:8080",
        )
    )
    assert [(one.check, one.level) for one in told] == [
        ("running: database", Level.WRONG),
        ("running: routes", Level.WARNING),
    ]
    assert "smpp" in told[1].said


def test_tables_of_a_newer_version_are_told(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path)
    with opened(settings) as here:
        assert worst(list(LOOKS["database"](here))).level is Level.OK
        with here.database.writing() as session:
            session.execute(text("UPDATE alembic_version SET version_num = 'tickets_9' WHERE version_num LIKE 'tick%'"))
    (told,) = found(settings, "database")
    assert told.level is Level.WRONG
    assert "tickets_9" in told.said


@pytest.mark.parametrize(
    ("apart", "level"), [(0.5, Level.OK), (-1.5, Level.OK), (3.0, Level.WRONG), (-40.0, Level.WRONG)]
)
def test_a_clock_of_a_server_that_is_another_one_is_told(
    monkeypatch: pytest.MonkeyPatch, apart: float, level: Level
) -> None:
    monkeypatch.setattr(clocks.time, "time", lambda: 1_000_000.0)
    (told,) = clocks.clock_of("PostgreSQL", 1_000_000.0 + apart)
    assert told.level is level


@pytest.mark.parametrize(
    ("hours", "environment", "level"),
    [
        (5, "production", Level.OK),
        (72, "production", Level.WARNING),
        (None, "production", Level.WARNING),
        (None, "development", Level.OK),
    ],
)
def test_backups_that_stopped_are_told(tmp_path: Path, hours: int | None, environment: str, level: Level) -> None:
    if hours is not None:
        (tmp_path / LAST).write_text(json.dumps({"at": clock.now().timestamp() - hours * 3600}))
    (told,) = found(Settings(data_dir=tmp_path, environment=environment), "backup")
    assert told.level is level


@pytest.mark.parametrize(("is_there", "level"), [(True, Level.OK), (False, Level.WARNING)])
def test_keys_of_erased_persons_that_nobody_replaced_are_told(tmp_path: Path, is_there: bool, level: Level) -> None:
    settings, keys = Settings(data_dir=tmp_path), tmp_path / "person-keys"
    noted = {"at": clock.now().timestamp() - 60, "person_keys": str(keys)}
    (tmp_path / LAST).write_text(json.dumps(noted))
    if is_there:
        keys.write_bytes(b"")
    with opened(settings) as here:
        here.erasures.begin("a keyed hash", "sms")
    assert max(one.level is Level.WARNING for one in found(settings, "backup")) is (level is Level.WARNING)


@contextmanager
def https_server(days: float) -> Iterator[tuple[int, ssl.SSLContext]]:
    """A server on loopback whose certificate ends in some days, and a context that trusts its maker."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=90))
        .not_valid_after(now + datetime.timedelta(days=days, minutes=5))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = certificate.public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = Path(f"/proc/self/fd/{_in_memory(pem + private)}")
    server.load_cert_chain(file)
    trusting = ssl.create_default_context(cadata=pem.decode())
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            plain, _ = listening.accept()
            with plain:
                try:
                    server.wrap_socket(plain, server_side=True).close()
                except OSError:
                    return

        thread = threading.Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1], trusting
        thread.join()


def _in_memory(content: bytes) -> int:
    file = os.memfd_create("certificate")
    os.write(file, content)
    return file


@pytest.mark.parametrize(
    ("days", "trusted", "level", "said"),
    [
        (60, True, Level.OK, "holds for 60 days"),
        (10, True, Level.WARNING, "ends in 10 days"),
        (2, True, Level.WRONG, "ends in 2 days"),
        (-1, True, Level.WRONG, "certificate has expired"),
        (60, False, Level.WRONG, "nobody believes"),
    ],
)
def test_a_certificate_is_told_before_it_ends(days: int, trusted: bool, level: Level, said: str) -> None:
    with https_server(days) as (port, context):
        told = outside.certificate("127.0.0.1", port, clock.now(), context if trusted else None)
    assert told.level is level
    assert said in told.said
    assert bool(told.cure) is (level is not Level.OK)


def test_a_file_of_the_data_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    data = tmp_path / "nlu_data"
    data.mkdir()
    (data / "rules.yml").write_text("rules: [", encoding="utf-8")
    told = worst(found(Settings(data_dir=tmp_path, nlu_data=data), "data"))
    assert (told.level, told.said.split(":")[0]) == (Level.WRONG, f"{data / 'rules.yml'}, line 1")


def test_what_is_away_is_one_sentence_with_its_cure_and_the_other_looks_are_made(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path,
        database_url="postgresql://motcua:geheim@127.0.0.1:1/motcua",
        redis_url="redis://:geheim@127.0.0.1:1",
    )
    with opened(settings, with_tables=False) as here:
        told = list(look_at(here))
    assert {finding.check.partition(":")[0] for finding in told} >= set(LOOKS) - {"ports", "kiosks"}
    wrong = {finding.check: finding for finding in told if finding.level is Level.WRONG}
    assert {"database", "redis"} <= wrong.keys()
    assert all(finding.cure for finding in told if finding.level is not Level.OK)
    assert "geheim" not in str(told)


def test_the_command_ends_with_1_when_something_is_wrong(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.argv", ["motcua", "doctor"])
    monkeypatch.setenv("MOTCUA_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("MOTCUA_PORT", "0")
    done = CliRunner().invoke(app, ["doctor", "--json"])
    assert done.exit_code == 1
    (told,) = json.loads(done.stdout)
    assert (told["check"], told["level"]) == ("settings", "wrong")
    assert told["said"].startswith("MOTCUA_PORT=0")

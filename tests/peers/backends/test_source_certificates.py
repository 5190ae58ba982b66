"""A source is believed only by its certificate: of a public authority, or of the one the file names."""

from __future__ import annotations

import datetime as dt
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from actions.backends.https import Https
from actions.dossiers.backend import BackendRejected

DAY = dt.timedelta(days=1)
Make = Callable[..., tuple[Path, Path]]


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def authority(tmp_path: Path) -> tuple[Path, Make]:
    """The file of an authority of one's own, and what makes certificates of it: ``(certificate, key)``."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "tests")])
    now = dt.datetime.now(dt.UTC)
    own = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - 400 * DAY)
        .not_valid_after(now + 400 * DAY)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    path = tmp_path / "authority.pem"
    path.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def make(address: str = "127.0.0.1", until: dt.timedelta = DAY) -> tuple[Path, Path]:
        server_key = ec.generate_private_key(ec.SECP256R1())
        made = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([]))
            .issuer_name(name)
            .public_key(server_key.public_key())
            .serial_number(2)
            .not_valid_before(now - 300 * DAY)
            .not_valid_after(now + until)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(address))]), critical=True)
            .sign(key, hashes.SHA256())
        )
        certificate, secret = tmp_path / "server.pem", tmp_path / "server.key"
        certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        plain = serialization.NoEncryption()
        pkcs8 = serialization.PrivateFormat.PKCS8
        secret.write_bytes(server_key.private_bytes(serialization.Encoding.PEM, pkcs8, plain))
        return certificate, secret

    return path, make


@contextmanager
def serving(certificate: Path, key: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"https://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_authority_of_ones_own_is_believed_where_the_file_names_it(authority: tuple[Path, Make]) -> None:
    path, make = authority
    with serving(*make()) as url:
        assert Https("a", url, path, 5.0).exchange("GET", "/") == {}
        with pytest.raises(BackendRejected, match="certificate"):
            Https("a", url, None, 5.0).exchange("GET", "/")


@pytest.mark.parametrize("wrong", [{"until": -DAY}, {"address": "127.0.0.9"}], ids=["expired", "of another host"])
def test_a_certificate_that_is_not_good_is_not_believed(authority: tuple[Path, Make], wrong: dict[str, object]) -> None:
    path, make = authority
    with serving(*make(**wrong)) as url, pytest.raises(BackendRejected, match="certificate"):
        Https("a", url, path, 5.0).exchange("GET", "/")


def test_nothing_is_asked_in_the_clear_of_another_machine(tmp_path: Path) -> None:
    with pytest.raises(BackendRejected, match="https"):
        Https("a", "http://192.0.2.1/", None, 5.0)
    with pytest.raises(BackendRejected, match="authority"):
        Https("a", "https://192.0.2.1/", tmp_path / "missing.pem", 5.0)

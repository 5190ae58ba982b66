"""docs/reverse-proxy.md, TLS in front: its blocks as they are written, on a host in a network namespace."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from host_network import Network, why_no_network
from written_host import ROOT, Host, blocks_of, wait_for

ADDRESS = "motcua.example"
CERTIFICATE, KEY = "/etc/motcua/tls.pem", "/etc/motcua/tls.key"
# What the administrator types into the editor: the address, and where the certificate lies.
EDITOR = f"""
sed -i -e 's#YOUR.ADDRESS#{ADDRESS}#' -e 's#^\\( *ssl_certificate \\).*#\\1{CERTIFICATE};#' \\
  -e 's#^\\( *ssl_certificate_key \\).*#\\1{KEY};#' "$1"
"""
GATEWAY = """
from http.server import BaseHTTPRequestHandler, HTTPServer
class Answers(BaseHTTPRequestHandler):
    def do_GET(self):
        body = b'{"status":"ok"}'
        said = f"{self.headers['Host']} {self.headers['X-Forwarded-Proto']} {self.headers['X-Forwarded-For']}"
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("X-Said", said)
        self.end_headers()
        self.wfile.write(body)
HTTPServer(("127.0.0.1", 8080), Answers).serve_forever()
"""


def page() -> list[str]:
    return blocks_of((ROOT / "docs" / "reverse-proxy.md").read_text(encoding="utf-8"))


@pytest.fixture
def host(tmp_path: Path) -> Iterator[Host]:
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed")
    if (reason := why_no_network()) is not None:
        pytest.skip(f"no host to try the page on: {reason}")
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(folder.stat().st_mode | 0o011)
    with Network({"one": "10.1.0.11"}) as network:
        found = Host("one", network, tmp_path / "one", f"export CURL_CA_BUNDLE={CERTIFICATE}; cd /opt/motcua", EDITOR)
        try:
            found.run(
                f"""
                mkdir -p /etc/motcua
                openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN={ADDRESS} \\
                  -addext subjectAltName=DNS:{ADDRESS} -keyout {KEY} -out {CERTIFICATE} 2>/dev/null
                echo "127.0.0.1 {ADDRESS}" >> /etc/hosts
                ip link set lo up
                cat > /run/gateway.py <<'SCRIPT'
{GATEWAY}
SCRIPT
                setsid python3 /run/gateway.py > /dev/null 2>&1 &
                """
            )
            yield found
        finally:
            found.stop()


def test_tls_is_put_in_front_as_it_is_written_and_passes_on_what_the_page_says(host: Host) -> None:
    setting_up, trying = page()
    host.run(setting_up)
    tried = trying.replace("YOUR.ADDRESS", ADDRESS)
    wait_for(lambda: host.run(tried, check=False).stdout.startswith('{"status":"ok"}'))
    assert host.run(tried).stdout == '{"status":"ok"}404\n404\n'
    # What signatures are checked with, and who asks.
    headers = host.run(f"curl -s -D - -o /dev/null https://{ADDRESS}/healthz").stdout.lower()
    assert f"x-said: {ADDRESS} https 127.0.0.1" in headers
    assert "strict-transport-security" in headers

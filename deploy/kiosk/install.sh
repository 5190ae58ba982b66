#!/bin/sh
# Sets a Debian 12 or Raspberry Pi OS machine up as a kiosk. Run as root from /opt/motcua after `make setup`.
set -eu
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 1; }
here="$(cd "$(dirname "$0")" && pwd)"
[ -x /opt/motcua/.venv/bin/motcua ] || { echo "put the project into /opt/motcua and run make setup there" >&2; exit 1; }

apt-get install -y --no-install-recommends cage chromium curl cups cups-client alsa-utils
id motcua >/dev/null 2>&1 || useradd --system --home-dir /var/lib/motcua --shell /usr/sbin/nologin motcua
id kiosk >/dev/null 2>&1 || useradd --create-home --groups audio,video,input --shell /usr/sbin/nologin kiosk
install -d -m 0750 -o root -g motcua /etc/motcua
[ -e /etc/motcua/kiosk.env ] || install -m 0640 -o root -g motcua "$here/kiosk.env" /etc/motcua/kiosk.env
install -m 0644 "$here/motcua-kiosk.service" "$here/motcua-kiosk-screen.service" /etc/systemd/system/
# Nothing printed stays on the disk.
cupsctl PreserveJobFiles=no PreserveJobHistory=no || true
systemctl daemon-reload
systemctl enable --now motcua-kiosk.service motcua-kiosk-screen.service

#!/bin/sh
# Sets a Debian 12 or Raspberry Pi OS machine up as a kiosk. Run as root from /opt/motcua after `make setup`.
set -eu
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 1; }
here="$(cd "$(dirname "$0")" && pwd)"
[ -x /opt/motcua/.venv/bin/motcua ] || { echo "put the project into /opt/motcua and run make setup there" >&2; exit 1; }

# cage does not start without xwayland; the screen's session gets its devices from logind through libpam-systemd.
apt-get install -y --no-install-recommends \
  ca-certificates cage xwayland chromium curl cups cups-client alsa-utils dbus libpam-systemd
id motcua >/dev/null 2>&1 || useradd --system --home-dir /var/lib/motcua --shell /usr/sbin/nologin motcua
id kiosk >/dev/null 2>&1 || useradd --create-home --groups audio,video --shell /usr/sbin/nologin kiosk
install -d -m 0750 -o root -g motcua /etc/motcua
[ -e /etc/motcua/kiosk.env ] || install -m 0640 -o root -g motcua "$here/kiosk.env" /etc/motcua/kiosk.env
# The box's own key: a box set up before has it in its data folder.
if [ ! -e /etc/motcua/secret.key ]; then
  umask 077
  if [ -s /var/lib/motcua/secrets/secret.key ]; then
    mv /var/lib/motcua/secrets/secret.key /etc/motcua/secret.key
  else
    /opt/motcua/.venv/bin/python -c 'import secrets; print(secrets.token_urlsafe(32))' > /etc/motcua/secret.key
  fi
  chown root:root /etc/motcua/secret.key && chmod 0600 /etc/motcua/secret.key
  umask 022
fi
install -m 0644 "$here/motcua-kiosk.service" "$here/motcua-kiosk-screen.service" /etc/systemd/system/
install -m 0755 "$here/motcua" /usr/local/bin/motcua
# What the browser may do; Chromium reads it from here alone.
install -D -m 0644 "$here/policies.json" /etc/chromium/policies/managed/motcua.json
systemctl daemon-reload
# Nothing printed stays on the disk. CUPS needs a moment after its start.
systemctl start cups.service
tries=10
until cupsctl PreserveJobFiles=no PreserveJobHistory=no 2>/dev/null; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "CUPS does not answer: look at systemctl status cups, then run this again" >&2; exit 1; }
  sleep 1
done
systemctl enable --now motcua-kiosk.service motcua-kiosk-screen.service

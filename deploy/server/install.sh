#!/bin/sh
# Sets a Debian 12 machine up as a server. Run as root from /opt/motcua after `make setup`; run again after an upgrade.
set -eu
umask 027
[ "$(id -u)" = 0 ] || { echo "run this as root" >&2; exit 1; }
here="$(cd "$(dirname "$0")" && pwd)"
[ -x /opt/motcua/.venv/bin/motcua ] || { echo "put the project into /opt/motcua and run make setup there" >&2; exit 1; }

id motcua >/dev/null 2>&1 || useradd --system --home-dir /var/lib/motcua --shell /usr/sbin/nologin motcua
install -d -m 0750 -o root -g motcua /etc/motcua /etc/motcua/secrets
install -d -m 0700 -o motcua -g motcua /var/lib/motcua /var/backups/motcua
# Keys are made once. On a further host copy them from the first one before this runs.
for name in secret.key api.key backup.passphrase; do
  [ -e "/etc/motcua/secrets/$name" ] || head -c 32 /dev/urandom | base64 | tr -d '\n' > "/etc/motcua/secrets/$name"
done
# Also of those that were copied: the service must be able to read them, and nobody else.
chown root:motcua /etc/motcua/secrets/*
chmod 0640 /etc/motcua/secrets/*
[ -e /etc/motcua/motcua.env ] || install -m 0640 -o root -g motcua "$here/motcua.env" /etc/motcua/motcua.env
install -m 0644 "$here/motcua.service" "$here/motcua-backup.service" "$here/motcua-backup.timer" /etc/systemd/system/
install -m 0755 "$here/motcua" /usr/local/bin/motcua
systemctl daemon-reload
systemctl enable --now motcua.service motcua-backup.timer

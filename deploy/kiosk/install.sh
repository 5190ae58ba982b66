#!/bin/sh
# Sets a Debian 12 or Raspberry Pi OS machine up as a kiosk. As root, from a copy of the project anywhere on it:
#
#   deploy/kiosk/install.sh --answers FILE    everything: packages, program, services, settings, enrolment
#   deploy/kiosk/install.sh                   the machine's part alone, from /opt/motcua after `make setup`
#
# Asked again, it brings the machine to the same state. kiosk.answers says what may stand in the file.
set -eu
fail() { echo "install.sh: $1" >&2; exit 1; }
# A value without the quotes around it, as systemd reads it from an environment file.
unquoted() {
  case "$1" in
    '"'*'"' | "'"*"'") rest="${1#?}"; printf '%s' "${rest%?}" ;;
    *) printf '%s' "$1" ;;
  esac
}
[ "$(id -u)" = 0 ] || fail "run this as root"
here="$(cd "$(dirname "$0")" && pwd)"
tree="$(cd "$here/../.." && pwd)"
answers= centre= code=
case "${1-}" in
  --answers) answers="${2-}"; [ -f "$answers" ] || fail "there is no file of answers: $answers" ;;
  ?*) fail "unknown option $1; there is --answers FILE" ;;
esac

# Read first and refused as a whole: a machine that is half set up with a word mistyped is found out in the hall.
settings=
if [ -n "$answers" ]; then
  number=0 return="$(printf '\r')"
  while IFS= read -r line || [ -n "$line" ]; do
    number=$((number + 1))
    # Written on another system, perhaps.
    line="${line%"$return"}"
    case "$line" in
      '' | '#'*) continue ;;
      *=*) ;;
      *) fail "line $number of $answers is no NAME=VALUE" ;;
    esac
    name="${line%%=*}" value="${line#*=}"
    # Without its end, a quoted value goes on over the lines behind it, and so does a line with a backslash at its end.
    case "$value" in
      *\\) fail "line $number of $answers ends in a backslash" ;;
      '"'*'"'?* | '"' | '"'*[!'"'] | "'"*"'"?* | "'" | "'"*[!"'"]) fail "line $number of $answers: a quote does not end" ;;
    esac
    case "$name" in
      CENTRE) centre="$(unquoted "$value")" ;;
      CODE) code="$(unquoted "$value")" ;;
      MOTCUA_KIOSK_NAME) fail "line $number of $answers: the centre gives a box its name (CENTRE and CODE)" ;;
      MOTCUA_PORT)
        case "$(unquoted "$value")" in
          '' | *[!0-9]*) fail "line $number of $answers: MOTCUA_PORT is a number" ;;
        esac
        settings="$settings$line
" ;;
      *)
        grep -q "\`$name\`" "$tree/docs/settings.md" || fail "line $number of $answers: no setting is called $name (docs/settings.md)"
        settings="$settings$line
" ;;
    esac
  done < "$answers"
  if { [ -n "$centre" ] && [ -z "$code" ]; } || { [ -z "$centre" ] && [ -n "$code" ]; }; then
    fail "CENTRE and CODE come together: both from \`motcua centre kiosk add\` at the centre"
  fi
  apt-get update
  apt-get install -y --no-install-recommends python3-venv make git
  if [ "$tree" != /opt/motcua ]; then
    mkdir -p /opt/motcua
    # Without an environment made for another place.
    tar -C "$tree" --exclude=./.venv --exclude=./.git -cf - . | tar -C /opt/motcua -xf -
  fi
  make -C /opt/motcua setup
fi
[ -x /opt/motcua/.venv/bin/motcua ] || fail "put the project into /opt/motcua and run make setup there, or use --answers"

# cage does not start without xwayland; the screen's session gets its devices from logind through libpam-systemd.
apt-get install -y --no-install-recommends \
  ca-certificates cage xwayland chromium curl cups cups-client alsa-utils dbus libpam-systemd
id motcua >/dev/null 2>&1 || useradd --system --home-dir /var/lib/motcua --shell /usr/sbin/nologin motcua
id kiosk >/dev/null 2>&1 || useradd --create-home --groups audio,video --shell /usr/sbin/nologin kiosk
install -d -m 0750 -o root -g motcua /etc/motcua
[ -e /etc/motcua/kiosk.env ] || install -m 0640 -o root -g motcua "$here/kiosk.env" /etc/motcua/kiosk.env
if [ -n "$settings" ]; then
  # What stands in the answers takes the place of what was set before; the rest stays.
  { cat /etc/motcua/kiosk.env; printf '%s' "$settings"; } | awk -F= '
    /^#/ || !/=/ { kept[++count] = $0; next }
    !($1 in at) { at[$1] = ++count }
    { kept[at[$1]] = $0 }
    END { for (i = 1; i <= count; i++) print kept[i] }' > /etc/motcua/kiosk.env.new
  install -m 0640 -o root -g motcua /etc/motcua/kiosk.env.new /etc/motcua/kiosk.env
  rm /etc/motcua/kiosk.env.new
fi
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
install -m 0644 "$here/motcua-kiosk.service" /etc/systemd/system/
# Screen and policies know one address: that of the port that is set.
port="$(unquoted "$(sed -n 's/^MOTCUA_PORT=[[:space:]]*//p' /etc/motcua/kiosk.env | sed 's/[[:space:]]*$//' | tail -n 1)")"
case "$port" in *[!0-9]*) fail "MOTCUA_PORT in /etc/motcua/kiosk.env is no number" ;; esac
at_port() { sed "s#127\.0\.0\.1:8080#127.0.0.1:${port:-8080}#g" "$here/$1"; }
at_port motcua-kiosk-screen.service > /etc/systemd/system/motcua-kiosk-screen.service
install -m 0755 "$here/motcua" /usr/local/bin/motcua
# What the browser may do; Chromium reads it from here alone.
mkdir -p /etc/chromium/policies/managed
at_port policies.json > /etc/chromium/policies/managed/motcua.json
chmod 0644 /etc/chromium/policies/managed/motcua.json /etc/systemd/system/motcua-kiosk-screen.service
systemctl daemon-reload
# Nothing printed stays on the disk. CUPS needs a moment after its start.
systemctl start cups.service
tries=10
until cupsctl PreserveJobFiles=no PreserveJobHistory=no 2>/dev/null; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "CUPS does not answer: look at systemctl status cups, then run this again" >&2; exit 1; }
  sleep 1
done
install -d -m 0700 -o motcua -g motcua /var/lib/motcua
/usr/local/bin/motcua settings > /dev/null || fail "a setting in /etc/motcua/kiosk.env is wrong: the line above names it"
later=
if [ -n "$centre" ] && [ -e /var/lib/motcua/kiosk/identity.json ]; then
  echo "This box belongs to a centre already; it stays there. To enrol it anew: motcua kiosk enrol"
elif [ -n "$centre" ]; then
  # A line that is not there yet is no reason for a dark screen.
  /usr/local/bin/motcua kiosk enrol --centre "$centre" --code "$code" || later=yes
fi
systemctl enable motcua-kiosk.service motcua-kiosk-screen.service
systemctl restart motcua-kiosk.service motcua-kiosk-screen.service
[ -z "$later" ] || echo "The box runs and is not enrolled yet. With a line: motcua kiosk enrol --centre $centre --code $code; then restart it" >&2

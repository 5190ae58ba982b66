#!/bin/sh
# Tells whether the release in a folder is what its makers signed: before it is unpacked, with nothing of it run.
#   verify-release.sh SIGNERS FOLDER     SIGNERS: a file with the line "release ssh-ed25519 AAAA…", from elsewhere than FOLDER
# Take this script from the release you run already, or type its two commands.
set -eu
[ $# -eq 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
signers="$(cd "$(dirname "$1")" && pwd)/$(basename "$1")"
cd "$2"
ssh-keygen -q -Y verify -f "$signers" -I release -n motcua-release -s SHA256SUMS.sig < SHA256SUMS >/dev/null ||
  { echo "NOT what was signed: the list of sums" >&2; exit 1; }
sha256sum --check --strict --quiet SHA256SUMS || { echo "NOT what was signed: the files above" >&2; exit 1; }
for file in motcua-*; do
  grep -q "  $file\$" SHA256SUMS || { echo "NOT in the signed list: $file" >&2; exit 1; }
done
echo "signed and whole: $(ls motcua-*)"

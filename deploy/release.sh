#!/bin/sh
# Makes a release: the tagged tree, its bill of materials, and one signed list of what both must be.
#   deploy/release.sh KEY [FOLDER]     KEY: an SSH private key (ssh-keygen -t ed25519); FOLDER: var/release
# The tag vVERSION must stand on the commit that is checked out, and be signed with the same key:
#   git -c gpg.format=ssh -c user.signingkey=KEY tag -s vVERSION -m "vVERSION"
set -eu
[ $# -ge 1 ] || { sed -n '2,5s/^# //p' "$0" >&2; exit 2; }
key="$1"; folder="${2:-var/release}"
here="$(cd "$(dirname "$0")/.." && pwd)"; cd "$here"
python="${PYTHON:-.venv/bin/python}"
version="$("$python" -c 'from runtime.version import version; print(version())')"
tag="v$version"
[ -z "$(git status --porcelain --untracked-files=no)" ] || { echo "the tree has changes that no tag names" >&2; exit 1; }
[ "$(git rev-parse "$tag^{commit}" 2>/dev/null)" = "$(git rev-parse HEAD)" ] || {
  echo "the tag $tag does not stand on this commit: make it (see above)" >&2; exit 1; }
signers="$(mktemp)"; trap 'rm -f "$signers"' EXIT
printf 'release %s\n' "$(ssh-keygen -y -f "$key")" > "$signers"
git -c gpg.format=ssh -c "gpg.ssh.allowedSignersFile=$signers" verify-tag "$tag" 2>/dev/null || {
  echo "the tag $tag is not signed with this key" >&2; exit 1; }
mkdir -p "$folder"
rm -f "$folder"/motcua-* "$folder"/SHA256SUMS*
git archive --format=tar --prefix="motcua-$version/" "$tag" | gzip -n > "$folder/motcua-$version.tar.gz"
git bundle create -q "$folder/motcua-$version.bundle" "$tag"
"$python" -m deploy.supply_chain.sbom "$folder/motcua-$version.cdx.json" >/dev/null
(cd "$folder" && sha256sum motcua-"$version".* > SHA256SUMS && ssh-keygen -q -Y sign -f "$key" -n motcua-release SHA256SUMS)
echo "$folder: motcua-$version.tar.gz, .bundle, .cdx.json, SHA256SUMS, SHA256SUMS.sig"

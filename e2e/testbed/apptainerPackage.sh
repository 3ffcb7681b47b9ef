#!/bin/bash
# apptainerPackage.sh [--deb FILE] - makes an Apptainer package that Debian 12 can install, and prints its path.
#
# Debian has apptainer only in sid, built against a newer glibc. Its binaries need just two symbols that Debian 12
# lacks (rebindSymbols.pl): those are rebound in place, the dependency and the version are rewritten, and the result
# is an ordinary package: nothing else on the machine is upgraded, no foreign suite enters the apt sources, and
# "apt-get remove apptainer" takes it away.
# Ways, in order: the package in the cache; FILE; the pinned version; sid's present version. When none works,
# README.md, "When Apptainer's package no longer fits".
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"

VERSION=1.4.5-2
SHA256=26cf96e08fccb0e50ea0f285a5a19f940ee873d167a0680584fe6eba7d197d65
DEB=
[ "${1:-}" != --deb ] || DEB=$(realpath "$2")

mkdir -p "$CACHE"
PATCHED=$CACHE/apptainer_${VERSION}~bookworm1_amd64.deb
if [ -z "$DEB" ] && [ -s "$PATCHED" ]; then
  say "$PATCHED"
  exit 0
fi

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT

# The pinned package. apt's own downloader honours the machine's proxy settings and checks the digest.
download_pinned() {
  local url
  url=$(debian_mirror)/pool/main/a/apptainer/apptainer_${VERSION}_amd64.deb
  quietly /usr/lib/apt/apt-helper -o APT::Sandbox::User=root download-file "$url" "$WORK/in.deb" "SHA256:$SHA256"
}

# Sid's present package, through a private apt state whose signatures are checked.
download_current() {
  local options
  mkdir -p "$WORK"/apt/{lists/partial,cache/archives/partial}
  echo "deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(debian_mirror) sid main" >"$WORK/apt/sources"
  options=(-q -o "Dir::Etc::sourcelist=$WORK/apt/sources" -o Dir::Etc::sourceparts=/dev/null
    -o "Dir::State::lists=$WORK/apt/lists" -o "Dir::Cache=$WORK/apt/cache"
    -o Dir::Etc::preferencesparts=/dev/null -o APT::Sandbox::User=root)
  quietly apt-get "${options[@]}" update
  (cd "$WORK" && quietly apt-get "${options[@]}" download apptainer)
  mv "$WORK"/apptainer_*_amd64.deb "$WORK/in.deb"
}

if [ -n "$DEB" ]; then
  cp "$DEB" "$WORK/in.deb"
elif ! download_pinned 2>/dev/null; then
  complain "The pinned Apptainer package ($VERSION) is gone from the mirror: taking sid's present one."
  download_current
fi

dpkg-deb -R "$WORK/in.deb" "$WORK/tree"
LIBRARY=$WORK/tree/usr/lib/x86_64-linux-gnu/apptainer
quietly perl "$TESTBED_SOURCE/rebindSymbols.pl" \
  "$WORK/tree/usr/bin/apptainer" "$LIBRARY/bin/starter" "$LIBRARY/lib/offsetpreload.so"
sed -i -e 's/^Version: \(.*\)/Version: \1~bookworm1/' -e 's/libc6 (>= 2\.[0-9]*)/libc6 (>= 2.36)/' \
  -e '/^Built-Using:/d' "$WORK/tree/DEBIAN/control"
(cd "$WORK/tree" && find . -type f ! -path './DEBIAN/*' -printf '%P\0' | xargs -0 md5sum >DEBIAN/md5sums)
dpkg-deb --root-owner-group -Zgzip -z1 -b "$WORK/tree" "$PATCHED.part" >/dev/null
mv "$PATCHED.part" "$PATCHED"
say "$PATCHED"

#!/bin/bash
# realisticImage.sh - makes the realistic image in the cache, and prints its OCI layout: tags 1 and 2, at least
# 60 MB compressed, five layers, all but the last one shared. About a minute the first time, nothing after that.
# Layers: Debian's required packages (debootstrap's first stage), perl, python3 with numpy, data, a release.
# No root: debootstrap runs under fakeroot, and the packages are unpacked, not configured.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
umask 022
PATH=$PATH:/usr/sbin:/sbin
# A new recipe gets a new name, so that an older cache is not taken for it.
LAYOUT=$CACHE/realistic-1
if [ -s "$LAYOUT/index.json" ]; then
  say "$LAYOUT"
  exit 0
fi
mkdir -p "$CACHE"
rm -rf "$CACHE"/realistic-*
WORK=$(mktemp -d "$CACHE/.realistic.XXXXXX")
trap 'rm -rf "$WORK"' EXIT
SUITE=$(. /etc/os-release && say "$VERSION_CODENAME")

# Debian keeps /bin, /sbin and /lib* as links into /usr: a layer that had folders there would hide the base's links.
unpack() { # unpack FOLDER PACKAGE...
  local folder=$1 deb link
  shift
  mkdir -p "$folder" "$WORK/debs"
  for link in bin sbin lib lib64; do
    mkdir -p "$folder/usr/$link"
    ln -s "usr/$link" "$folder/$link"
  done
  rm -f "$WORK"/debs/*.deb
  (cd "$WORK/debs" && quietly apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$@")
  for deb in "$WORK"/debs/*.deb; do dpkg-deb --fsys-tarfile "$deb" | tar -x --keep-directory-symlink -C "$folder"; done
  rm -f "$folder"/{bin,sbin,lib,lib64}
}

quietly fakeroot debootstrap --foreign --variant=minbase "$SUITE" "$WORK/base" "$(debian_mirror)/"
rm -rf "$WORK"/base/{debootstrap,var/cache/apt/archives,var/lib/apt/lists,dev}
mkdir "$WORK/base/dev"
cp "$WORK/base/usr/share/base-passwd/passwd.master" "$WORK/base/etc/passwd"
cp "$WORK/base/usr/share/base-passwd/group.master" "$WORK/base/etc/group"

unpack "$WORK/perl" perl perl-modules-5.36 libperl5.36 libgdbm6 libgdbm-compat4
unpack "$WORK/python" python3-minimal python3.11-minimal libpython3.11-minimal libpython3.11-stdlib python3-numpy \
  libexpat1 libsqlite3-0 libblas3 liblapack3 libgfortran5 libquadmath0 libffi8 libssl3 zlib1g libreadline8 \
  libncursesw6 libuuid1 media-types
# The links that Debian's "alternatives" make when a package is configured.
for library in blas lapack; do
  ln -sf "$library/lib$library.so.3" "$WORK/python/usr/lib/x86_64-linux-gnu/lib$library.so.3"
done

# Data as a laboratory has it: a table that compresses well, and measurements that do not.
node "$TESTBED_SOURCE/writeData.mjs" "$WORK/data/srv/data" 4
mkdir -p "$WORK/one/srv" "$WORK/two/srv"
node "$TESTBED_SOURCE/writeData.mjs" "$WORK/one/srv/release" 2 one
node "$TESTBED_SOURCE/writeData.mjs" "$WORK/two/srv/release" 2 two

# Whoever made it, everybody may read it: setuid programs, root's folders and the like lose their special modes.
chmod -R u+rwX,go+rX,go-w "$WORK"/{base,perl,python,data,one,two}
CONFIG=$TESTBED_SOURCE/realisticConfig.json
"$TESTBED_SOURCE/ociLayout.sh" "$WORK/oci" 1 "$CONFIG" "$WORK"/{base,perl,python,data,one}
mapfile -t SHARED < <(grep -o '"layers":.*' "$WORK/oci/blobs/sha256/$(grep -o 'sha256:[0-9a-f]*' "$WORK/oci/index.json" | cut -d: -f2)" | grep -o 'sha256:[0-9a-f]*' | head -n 4)
"$TESTBED_SOURCE/ociLayout.sh" "$WORK/oci" 2 "$CONFIG" "${SHARED[@]}" "$WORK/two"
mv "$WORK/oci" "$LAYOUT"
say "$LAYOUT"

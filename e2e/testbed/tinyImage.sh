#!/bin/bash
# tinyImage.sh FOLDER - a real image of 1 MB (busybox), in about a second, without root and without network.
#   FOLDER/rootfs/   the plain tree          FOLDER/oci/       an OCI layout of two layers
#   FOLDER/tiny.def  a definition file with labels, environment, runscript, help, test and an app
#   FOLDER/tiny.sif  built from it by the real runtime, when there is one
# The tree and the layout are the same bit for bit every time; a SIF carries a time and a UUID.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
umask 022
OUT=$(realpath "${1:?usage: tinyImage.sh FOLDER}")
WORK=$(mktemp -d "$OUT/.work.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

BUSYBOX=$(command -v busybox)

# Layer 1 is busybox with its accounts, layer 2 a program.
BASE=$WORK/base
mkdir -p "$BASE"/{bin,sbin,usr/bin,usr/sbin,etc,dev,proc,sys,tmp,var/tmp,root,home,opt,lib,lib64,mnt}
chmod 1777 "$BASE/tmp" "$BASE/var/tmp"
cp "$BUSYBOX" "$BASE/bin/busybox"
for applet in $("$BUSYBOX" --list); do [ "$applet" = busybox ] || ln -s busybox "$BASE/bin/$applet"; done
printf 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n' >"$BASE/etc/passwd"
printf 'root:x:0:\nnogroup:x:65534:\n' >"$BASE/etc/group"
printf 'NAME="Tiny"\nID=tiny\nPRETTY_NAME="Tiny busybox image"\nVERSION_ID="1"\n' >"$BASE/etc/os-release"
: >"$BASE/etc/hosts"
: >"$BASE/etc/resolv.conf"
PROGRAM=$WORK/program
mkdir -p "$PROGRAM/opt/app/bin"
printf '#!/bin/sh\necho "hello from $(hostname): $*"\n' >"$PROGRAM/opt/app/bin/hello"
chmod 755 "$PROGRAM/opt/app/bin/hello"

rm -rf "$OUT/rootfs"
mkdir "$OUT/rootfs"
cp -dR "$BASE/." "$PROGRAM/." "$OUT/rootfs/"
chmod 1777 "$OUT/rootfs/tmp" "$OUT/rootfs/var/tmp"

rm -rf "$OUT/oci"
"$TESTBED_SOURCE/ociLayout.sh" "$OUT/oci" v1 "$TESTBED_SOURCE/tinyConfig.json" "$BASE" "$PROGRAM"

cat >"$OUT/tiny.def" <<DEFINITION
Bootstrap: localimage
From: $OUT/rootfs

%labels
  Name tiny
  Maintainer Test bed <nobody@example.org>
%environment
  export TINY=1
  export PATH=/opt/app/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
%runscript
  exec hello "\$@"
%startscript
  exec sleep 3600
%test
  test -x /bin/busybox
%help
  A tiny busybox image for tests.

%appinstall count
  printf '#!/bin/sh\nseq 1 "\${1:-3}"\n' >bin/count
  chmod 755 bin/count
%apphelp count
  Counts to a number.
%apprun count
  exec count "\$@"
DEFINITION

if apptainer version >/dev/null 2>&1; then
  # Machines that bound root's capabilities (containers, small virtual machines): ask for no more than there is.
  if [ "$(id -u)" = 0 ] && ! grep -q '^CapBnd:.*ffffffffff$' /proc/self/status; then
    export APPTAINER_DROP_CAPS=${APPTAINER_DROP_CAPS:-CAP_SYS_RESOURCE}
  fi
  quietly apptainer build -F "$OUT/tiny.sif" "$OUT/tiny.def"
fi

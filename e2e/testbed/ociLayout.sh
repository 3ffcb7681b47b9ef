#!/bin/bash
# ociLayout.sh LAYOUT TAG CONFIG LAYER... - adds an image to an OCI image layout; each LAYER is a folder, or a layer
# that another image of this layout has already, by its digest ("sha256:…"). CONFIG is the "config" object of the image.
# Same input, same digests: times are 0, owners root, names sorted.
# Format: OCI image specification 1.0, image-layout.md, manifest.md, config.md.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
LAYOUT=$1
TAG=$2
CONFIG=$3
shift 3
BLOBS=$LAYOUT/blobs/sha256
mkdir -p "$BLOBS"
printf '{"imageLayoutVersion":"1.0.0"}' >"$LAYOUT/oci-layout"
WORK=$(mktemp -d "$LAYOUT/.work.XXXXXX")
trap 'rm -rf "$WORK"' EXIT

digest_of() { sha256sum "$1" | cut -d' ' -f1; }
size_of() { stat -c %s "$1"; }
# Moves file $1 among the blobs and prints {"mediaType":$2,"digest":…,"size":…}.
add_blob() {
  local digest size
  digest=$(digest_of "$1")
  size=$(size_of "$1")
  mv "$1" "$BLOBS/$digest"
  printf '{"mediaType":"%s","digest":"sha256:%s","size":%s}' "$2" "$digest" "$size"
}
LAYER_TYPE=application/vnd.oci.image.layer.v1.tar+gzip

LAYERS= DIFF_IDS= HISTORY=
for layer in "$@"; do
  case $layer in
    sha256:*)
      blob=$BLOBS/${layer#sha256:}
      diff_id=$(gzip -dc "$blob" | sha256sum | cut -d' ' -f1)
      descriptor=$(printf '{"mediaType":"%s","digest":"%s","size":%s}' "$LAYER_TYPE" "$layer" "$(size_of "$blob")")
      ;;
    *)
      tar -C "$layer" --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -cf "$WORK/layer.tar" .
      diff_id=$(digest_of "$WORK/layer.tar")
      gzip -nc "$WORK/layer.tar" >"$WORK/layer.tgz"
      rm "$WORK/layer.tar"
      descriptor=$(add_blob "$WORK/layer.tgz" "$LAYER_TYPE")
      ;;
  esac
  LAYERS=$LAYERS${LAYERS:+,}$descriptor
  DIFF_IDS="$DIFF_IDS${DIFF_IDS:+,}\"sha256:$diff_id\""
  HISTORY="$HISTORY${HISTORY:+,}{\"created\":\"1970-01-01T00:00:00Z\",\"created_by\":\"test bed\"}"
done

printf '{"architecture":"amd64","os":"linux","created":"1970-01-01T00:00:00Z","config":%s,"rootfs":{"type":"layers","diff_ids":[%s]},"history":[%s]}' \
  "$(tr -d '\n' <"$CONFIG")" "$DIFF_IDS" "$HISTORY" >"$WORK/config"
CONFIG_DESCRIPTOR=$(add_blob "$WORK/config" application/vnd.oci.image.config.v1+json)
MANIFEST_TYPE=application/vnd.oci.image.manifest.v1+json
printf '{"schemaVersion":2,"mediaType":"%s","config":%s,"layers":[%s]}' "$MANIFEST_TYPE" "$CONFIG_DESCRIPTOR" "$LAYERS" >"$WORK/manifest"
MANIFEST=$(add_blob "$WORK/manifest" "$MANIFEST_TYPE")
MANIFEST=${MANIFEST%\}},\"platform\":{\"architecture\":\"amd64\",\"os\":\"linux\"},\"annotations\":{\"org.opencontainers.image.ref.name\":\"$TAG\"}}
OTHERS=
[ ! -s "$LAYOUT/index.json" ] || OTHERS=$(sed -e 's/.*"manifests":\[//' -e 's/\]}$//' "$LAYOUT/index.json"),
printf '{"schemaVersion":2,"manifests":[%s%s]}' "$OTHERS" "$MANIFEST" >"$WORK/index"
mv "$WORK/index" "$LAYOUT/index.json"

#!/bin/bash
# start.sh [--yes] - sets up and starts the test bed, or finds it running; writes testbed.json (testbed.ts).
# Safe to repeat: what is there is left alone. Says first what it changes on the machine, and asks, unless --yes or
# CI=true. Parts that cannot be had are listed in testbed.json under "missing", with the reason.
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
PATH=$PATH:/usr/sbin:/sbin

YES=
[ "${CI:-}" != true ] || YES=1
while [ $# -gt 0 ]; do
  case $1 in
    --yes) YES=1 ;;
    *)
      complain "usage: start.sh [--yes]"
      exit 2
      ;;
  esac
  shift
done

AUTH_USER=researcher
AUTH_PASSWORD='correct horse battery'
MISSING=()
miss() { # miss PART REASON
  MISSING+=("{\"part\":\"$1\",\"reason\":\"$2\"}")
  complain "  missing: $1 ($2)"
}

# --- the machine: packages, account, subuid range, /dev/fuse -----------------------------------------------------
agreed() {
  [ -z "$YES" ] || return 0
  [ -t 0 ] || { complain "Not changed: nobody to ask here. Run it with --yes to agree."; return 1; }
  local answer
  read -r -p "Go on? [y/N] " answer
  [ "$answer" = y ] || [ "$answer" = Y ]
}
prepare_machine() {
  local plan
  plan=$("$TESTBED_SOURCE/machine.sh" plan "$TEST_USER")
  [ -n "$plan" ] || return 0
  say "The test bed changes this machine (e2e/testbed/stop.sh undoes it):"
  say "$plan" | sed 's/^/  - /'
  if [ "$(id -u)" = 0 ]; then
    agreed && "$TESTBED_SOURCE/machine.sh" up "$TEST_USER"
  elif command -v sudo >/dev/null && { [ -z "$YES" ] || sudo -n true 2>/dev/null; }; then
    agreed && sudo env "CACHE_OWNER=$TEST_USER" "MYSINGULARITY_BENCHES=${MYSINGULARITY_BENCHES:-}" \
      "$TESTBED_SOURCE/machine.sh" up "$TEST_USER"
  else
    complain "Not changed: that needs root."
  fi
}
prepare_machine || complain "Going on with what is there."

# --- the folder ----------------------------------------------------------------------------------------------------
# In /tmp anybody could have made it first.
umask 022
mkdir -p "$FOLDER"
if [ "$(stat -c %u "$FOLDER")" != "$(id -u)" ]; then
  complain "$FOLDER belongs to another user. Set MYSINGULARITY_TESTBED to a folder of your own."
  exit 1
fi
FOLDER=$(cd "$FOLDER" && pwd -P)
mkdir -p "$FOLDER"/{registry,auth-registry,web/files,tiny,ports}
chmod 1777 "$FOLDER/web/files"

is_taken() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# The port of a running server, else the one it had last time, else the first free one from $2 on.
port_for() { # port_for NAME FIRST PIDFILE
  local port=$2 file=$FOLDER/ports/$1
  [ ! -s "$file" ] || port=$(cat "$file")
  if [ ! -s "$3" ]; then
    while is_taken "$port"; do port=$((port + 10)); done
  fi
  echo "$port" | tee "$file"
}

wait_for_http() { # wait_for_http ADDRESS/PATH PIDFILE LOG: any answer will do, 401 too
  for _ in $(seq 200); do
    [ "$(curl -s -o /dev/null -w '%{http_code}' "http://$1")" = 000 ] || return 0
    kill -0 "$(cat "$2")" 2>/dev/null || break
    sleep 0.05
  done
  tail -n 5 "$3" >&2
  return 1
}

# --- registries ----------------------------------------------------------------------------------------------------
start_registry() { # start_registry NAME FIRST_PORT [USER PASSWORD]; prints its address
  local home=$FOLDER/$1 address auth=
  if ! is_running "$home/pid" docker-registry; then rm -f "$home/pid"; fi
  address=127.0.0.1:$(port_for "$1" "$2" "$home/pid")
  if [ ! -s "$home/pid" ]; then
    if [ $# -gt 2 ]; then
      htpasswd -bBc "$home/htpasswd" "$3" "$4" 2>/dev/null
      auth="auth: {htpasswd: {realm: test, path: $home/htpasswd}}"
    fi
    # No blob descriptor cache: after a garbage collection it would still promise blobs that are gone.
    cat >"$home/config.yml" <<CONFIG
version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage: {filesystem: {rootdirectory: $home/data}, delete: {enabled: true}}
http: {addr: $address, relativeurls: true, headers: {X-Content-Type-Options: [nosniff]}}
$auth
CONFIG
    # Variables named REGISTRY_* would override the file: start without any.
    setsid env -i PATH="$PATH" HOME="$home" docker-registry serve "$home/config.yml" >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/v2/" "$home/pid" "$home/log"
  say "$address"
}

# shellcheck source=tokenRegistry.sh
. "$TESTBED_SOURCE/tokenRegistry.sh"
# shellcheck source=moreRegistries.sh
. "$TESTBED_SOURCE/moreRegistries.sh"
# shellcheck source=s3Server.sh
. "$TESTBED_SOURCE/s3Server.sh"
# shellcheck source=keyserver.sh
. "$TESTBED_SOURCE/keyserver.sh"

# --- the web server ------------------------------------------------------------------------------------------------
start_web() {
  local home=$FOLDER/web address
  if ! is_running "$home/pid" busybox; then rm -f "$home/pid"; fi
  address=127.0.0.1:$(port_for web 5059 "$home/pid")
  if [ ! -s "$home/pid" ]; then
    setsid busybox httpd -f -p "$address" -h "$home/files" >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/" "$home/pid" "$home/log"
  say "$address"
}

# --- images --------------------------------------------------------------------------------------------------------
has_tag() { # has_tag ADDRESS REPOSITORY TAG [USER:PASSWORD]
  local login=()
  [ -z "${4:-}" ] || login=(-u "$4")
  curl -sf -o /dev/null "${login[@]}" -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
    "http://$1/v2/$2/manifests/$3"
}
push_layout() { # push_layout LAYOUT ADDRESS REPOSITORY TAG [USER:PASSWORD]
  has_tag "$2" "$3" "$4" "${5:-}" || quietly skopeo --insecure-policy copy --dest-tls-verify=false \
    ${5:+"--dest-creds=$5"} "oci:$1:$4" "docker://$2/$3:$4"
}

REGISTRY= AUTH_REGISTRY= TOKEN_REGISTRY= TOKEN_SERVER= SPEC_REGISTRY= PROXY_REGISTRY= WEB= S3= KEYSERVER=
if command -v docker-registry >/dev/null && command -v skopeo >/dev/null; then
  REGISTRY=$(start_registry registry 5057)
else
  miss registry "docker-registry and skopeo are not installed"
fi
if [ -n "$REGISTRY" ] && command -v htpasswd >/dev/null; then
  AUTH_REGISTRY=$(start_registry auth-registry 5058 "$AUTH_USER" "$AUTH_PASSWORD")
else
  miss authRegistry "docker-registry, skopeo and htpasswd are not all installed"
fi
if [ -n "$REGISTRY" ] && command -v node >/dev/null && command -v openssl >/dev/null; then
  TOKEN_REGISTRY=$(start_token_registry 5066)
  TOKEN_SERVER=127.0.0.1:$(cat "$FOLDER/ports/token-server")
else
  miss tokenRegistry "docker-registry, skopeo, node and openssl are not all installed"
fi
if command -v node >/dev/null; then
  SPEC_REGISTRY=$(start_spec_registry 5063)
else
  miss specRegistry "node is not installed"
fi
if [ -n "$REGISTRY" ]; then
  PROXY_REGISTRY=$(start_proxy_registry 5064 "$REGISTRY")
else
  miss proxyRegistry "docker-registry and skopeo are not installed"
fi
if busybox httpd --help >/dev/null 2>&1; then
  WEB=$(start_web)
else
  miss web "busybox with httpd (Debian: busybox-static) is not installed"
fi
if [ -d "$CHECKOUT/node_modules/@20minutes/s3rver" ]; then
  S3=$(start_s3 5071)
else
  miss s3 "npm ci has not been run"
fi
if command -v dpkg-deb >/dev/null && command -v node >/dev/null; then
  KEYSERVER=$(start_keyserver 5075) || miss keyserver "onak could not be had or does not start: see above"
else
  miss keyserver "this is not Debian, or node is not installed"
fi
apptainer version >/dev/null 2>&1 || miss apptainer "no Apptainer on the path"
{ command -v ch-run && command -v bwrap; } >/dev/null || miss otherWays "charliecloud-runtime and bubblewrap are not both installed"

if busybox true 2>/dev/null; then
  [ -s "$FOLDER/tiny/tiny.sif" ] || "$TESTBED_SOURCE/tinyImage.sh" "$FOLDER/tiny" ||
    miss tiny "the runtime could not build it: see above"
  if [ -n "$REGISTRY" ]; then
    push_layout "$FOLDER/tiny/oci" "$REGISTRY" demo/tiny v1
    push_multi "$REGISTRY"
    [ ! -s "$FOLDER/tiny/tiny.sif" ] || has_tag "$REGISTRY" demo/sif v1 ||
      quietly apptainer push "$FOLDER/tiny/tiny.sif" "oras://$REGISTRY/demo/sif:v1"
  fi
  [ -z "$AUTH_REGISTRY" ] ||
    push_layout "$FOLDER/tiny/oci" "$AUTH_REGISTRY" demo/tiny v1 "$AUTH_USER:$AUTH_PASSWORD"
  if [ -n "$S3" ] && [ -s "$FOLDER/tiny/tiny.sif" ]; then
    put_object "$FOLDER/tiny/tiny.sif" "$S3" images/site/tiny.sif
    put_object "$FOLDER/tiny/tiny.sif" "$S3" public/tiny.sif
  fi
  for repository in demo/tiny public/tiny; do
    [ -z "$TOKEN_REGISTRY" ] ||
      push_with_token "$FOLDER/tiny/oci" "$TOKEN_REGISTRY" "$repository" v1 "$AUTH_USER:$AUTH_PASSWORD"
  done
else
  miss tiny "busybox is not installed"
fi

REALISTIC_BYTES=0 REALISTIC_LAYERS=0
if [ -n "$REGISTRY" ]; then
  say "The realistic image: made once, then found in the cache."
  if LAYOUT=$("$TESTBED_SOURCE/realisticImage.sh"); then
    push_layout "$LAYOUT" "$REGISTRY" demo/python 1
    push_layout "$LAYOUT" "$REGISTRY" demo/python 2
    [ -z "$TOKEN_REGISTRY" ] ||
      push_with_token "$LAYOUT" "$TOKEN_REGISTRY" demo/python 1 "$AUTH_USER:$AUTH_PASSWORD"
    # Sizes in the manifest: the config first, then each layer.
    mapfile -t SIZES < <(curl -sf -H 'Accept: application/vnd.oci.image.manifest.v1+json' \
      "http://$REGISTRY/v2/demo/python/manifests/1" | grep -o '"size":[0-9]*' | cut -d: -f2 | tail -n +2)
    REALISTIC_LAYERS=${#SIZES[@]}
    for size in "${SIZES[@]}"; do REALISTIC_BYTES=$((REALISTIC_BYTES + size)); done
  else
    miss realistic "the realistic image could not be made: see above"
  fi
else
  miss realistic "there is no registry to hold it"
fi

# --- ssh hosts -----------------------------------------------------------------------------------------------------
# Accounts, addresses and links of their own: that takes root.
start_ssh_hosts() {
  rm -f "$FOLDER/ssh/missing"
  if [ "$(id -u)" = 0 ]; then
    "$TESTBED_SOURCE/sshHosts.sh" start "$TEST_USER"
  elif command -v sudo >/dev/null && { [ -z "$YES" ] || sudo -n true 2>/dev/null; }; then
    sudo env "MYSINGULARITY_TESTBED=$FOLDER" "PATH=$PATH" "$TESTBED_SOURCE/sshHosts.sh" start "$TEST_USER"
  fi
}
SSH_JSON='{}'
if ! command -v sshd >/dev/null || ! command -v ssh >/dev/null; then
  miss ssh "openssh-server and openssh-client are not both installed"
  miss sshFar "openssh-server and openssh-client are not both installed"
else
  start_ssh_hosts || complain "  The ssh hosts did not all start."
  if [ -f "$FOLDER/ssh/missing" ]; then
    while IFS=: read -r part reason; do miss "$part" "${reason# }"; done <"$FOLDER/ssh/missing"
    [ ! -s "$FOLDER/ssh/ssh.json" ] || SSH_JSON=$(cat "$FOLDER/ssh/ssh.json")
  else
    miss ssh "starting them needs root"
    miss sshFar "starting them needs root"
  fi
fi

BROWSER=
for name in chromium chromium-browser google-chrome-stable google-chrome; do
  BROWSER=$(command -v "$name" || true)
  [ -z "$BROWSER" ] || break
done
[ -n "$BROWSER" ] || miss browser "no Chromium or Chrome on the path"
id "$TEST_USER" >/dev/null 2>&1 || miss user "the account $TEST_USER does not exist"
grep -qs "^$TEST_USER:" /etc/subuid || miss subuid "$TEST_USER has no range in /etc/subuid"
[ -e /etc/sudoers.d/mysingularity-testbed ] || miss sudo "$TEST_USER is no account of the test bed, or sudo is not installed"

# --- testbed.json --------------------------------------------------------------------------------------------------
MISSING_JSON=$(IFS=,; echo "${MISSING[*]-}")
cat >"$FOLDER/testbed.json.part" <<JSON
{
  "folder": "$FOLDER",
  "registry": "$REGISTRY",
  "specRegistry": "$SPEC_REGISTRY",
  "proxyRegistry": "$PROXY_REGISTRY",
  "authRegistry": { "address": "$AUTH_REGISTRY", "userName": "$AUTH_USER", "password": "$AUTH_PASSWORD" },
  "tokenRegistry": {
    "address": "$TOKEN_REGISTRY",
    "server": "$TOKEN_SERVER",
    "userName": "$AUTH_USER",
    "password": "$AUTH_PASSWORD",
    "reader": { "userName": "reader", "password": "only reading" }
  },
  "s3": {
    "address": "$S3",
    "bucket": "images",
    "publicBucket": "public",
    "accessKey": "$S3_ACCESS_KEY",
    "secret": "$S3_SECRET"
  },
  "keyserver": "$KEYSERVER",
  "web": { "address": "$WEB", "folder": "$FOLDER/web/files" },
  "tiny": {
    "sif": "$FOLDER/tiny/tiny.sif",
    "repository": "demo/tiny",
    "tag": "v1",
    "orasRepository": "demo/sif",
    "ociLayout": "$FOLDER/tiny/oci",
    "rootfs": "$FOLDER/tiny/rootfs"
  },
  "realistic": {
    "repository": "demo/python",
    "tags": ["1", "2"],
    "compressedBytes": $REALISTIC_BYTES,
    "layers": $REALISTIC_LAYERS
  },
  "ssh": $SSH_JSON,
  "browser": "$BROWSER",
  "userName": "$TEST_USER",
  "sudoPassword": "$SUDO_PASSWORD",
  "missing": [$MISSING_JSON]
}
JSON
mv "$FOLDER/testbed.json.part" "$FOLDER/testbed.json"
say "Test bed: $FOLDER/testbed.json"

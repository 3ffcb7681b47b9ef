# shellcheck shell=bash
# A registry that follows the specification where docker-registry does not (specRegistry.mjs), a pull-through cache before
# the open registry, and an index for two architectures in that. Sourced by start.sh, whose port_for and wait_for_http it
# uses.

# Starts specRegistry.mjs, or finds it running; prints its address.
start_spec_registry() { # start_spec_registry FIRST_PORT
  local home=$FOLDER/spec-registry address
  mkdir -p "$home"
  if ! is_running "$home/pid" specRegistry.mjs; then rm -f "$home/pid"; fi
  address=127.0.0.1:$(port_for spec-registry "$1" "$home/pid")
  if [ ! -s "$home/pid" ]; then
    setsid env -i PATH="$PATH" node "$TESTBED_SOURCE/specRegistry.mjs" "${address##*:}" \
      >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/v2/" "$home/pid" "$home/log"
  say "$address"
}

# Starts docker-registry in proxy mode before the registry at $2, or finds it running; prints its address.
start_proxy_registry() { # start_proxy_registry FIRST_PORT UPSTREAM
  local home=$FOLDER/proxy-registry address
  mkdir -p "$home"
  if ! is_running "$home/pid" docker-registry; then rm -f "$home/pid"; fi
  address=127.0.0.1:$(port_for proxy-registry "$1" "$home/pid")
  if [ ! -s "$home/pid" ]; then
    cat >"$home/config.yml" <<CONFIG
version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage: {filesystem: {rootdirectory: $home/data}, delete: {enabled: true}}
http: {addr: $address, relativeurls: true, headers: {X-Content-Type-Options: [nosniff]}}
proxy: {remoteurl: "http://$2"}
CONFIG
    setsid env -i PATH="$PATH" HOME="$home" docker-registry serve "$home/config.yml" >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/v2/" "$home/pid" "$home/log"
  say "$address"
}

# demo/multi:1 in the open registry, of demo/tiny:v1.
push_multi() { # push_multi ADDRESS
  curl -sf -o /dev/null -H 'Accept: application/vnd.oci.image.index.v1+json' "http://$1/v2/demo/multi/manifests/1" ||
    quietly node "$TESTBED_SOURCE/multiImage.mjs" "$1" demo/tiny v1 demo/multi
}

# shellcheck shell=bash
# A registry behind a token server (tokenServer.mjs), as Docker Hub and most others have it. Sourced by start.sh, whose
# port_for and wait_for_http it uses.

# Starts both, or finds them running; prints the registry's address.
start_token_registry() { # start_token_registry FIRST_PORT
  local home=$FOLDER/token-registry address realm
  mkdir -p "$home"
  if ! is_running "$home/tokens.pid" tokenServer.mjs; then rm -f "$home/tokens.pid"; fi
  realm=127.0.0.1:$(port_for token-server "$(($1 + 1))" "$home/tokens.pid")
  if [ ! -s "$home/tokens.pid" ]; then
    [ -s "$home/certificate.pem" ] || quietly openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 \
      -nodes -days 3650 -subj '/CN=mysingularity-testbed' -keyout "$home/key.pem" -out "$home/certificate.pem"
    setsid env -i PATH="$PATH" node "$TESTBED_SOURCE/tokenServer.mjs" "${realm##*:}" "$home/key.pem" \
      >>"$home/tokens.log" 2>&1 </dev/null &
    echo $! >"$home/tokens.pid"
  fi
  wait_for_http "$realm/" "$home/tokens.pid" "$home/tokens.log"

  if ! is_running "$home/pid" docker-registry; then rm -f "$home/pid"; fi
  address=127.0.0.1:$(port_for token-registry "$1" "$home/pid")
  if [ ! -s "$home/pid" ]; then
    cat >"$home/config.yml" <<CONFIG
version: 0.1
log: {level: info, accesslog: {disabled: false}}
storage: {filesystem: {rootdirectory: $home/data}, delete: {enabled: true}}
http: {addr: $address, relativeurls: true, headers: {X-Content-Type-Options: [nosniff]}}
auth:
  token:
    realm: http://$realm/token
    service: mysingularity-testbed
    issuer: mysingularity-testbed-tokens
    rootcertbundle: $home/certificate.pem
CONFIG
    setsid env -i PATH="$PATH" HOME="$home" docker-registry serve "$home/config.yml" >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/v2/" "$home/pid" "$home/log"
  say "$address"
}

# As push_layout, which asks for what is there with a password, and here that takes a token.
push_with_token() { # push_with_token LAYOUT ADDRESS REPOSITORY TAG USER:PASSWORD
  skopeo inspect --raw --tls-verify=false "--creds=$5" "docker://$2/$3:$4" >/dev/null 2>&1 ||
    quietly skopeo --insecure-policy copy --dest-tls-verify=false "--dest-creds=$5" "oci:$1:$4" "docker://$2/$3:$4"
}

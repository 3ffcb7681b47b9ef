# shellcheck shell=bash
# The S3-compatible server of the test bed (s3Server.mjs) and what lies in its buckets. Sourced by start.sh.
S3_ACCESS_KEY=AKIDRESEARCHER
S3_SECRET='secret/with+signs='

start_s3() { # start_s3 FIRST_PORT; prints its address
  local home=$FOLDER/s3 address port
  mkdir -p "$home/data"
  if ! is_running "$home/pid" s3Server.mjs; then rm -f "$home/pid"; fi
  port=$(port_for s3 "$1" "$home/pid")
  address=127.0.0.1:$port
  if [ ! -s "$home/pid" ]; then
    setsid node --openssl-legacy-provider "$TESTBED_SOURCE/s3Server.mjs" "$home/data" "$port" \
      "$S3_ACCESS_KEY" "$S3_SECRET" >>"$home/log" 2>&1 </dev/null &
    echo $! >"$home/pid"
  fi
  wait_for_http "$address/public" "$home/pid" "$home/log"
  say "$address"
}

put_object() { # put_object FILE ADDRESS BUCKET/KEY
  curl -sf -o /dev/null -T "$1" --aws-sigv4 aws:amz:us-east-1:s3 -u "$S3_ACCESS_KEY:$S3_SECRET" \
    -H 'x-amz-content-sha256: UNSIGNED-PAYLOAD' "http://$2/$3"
}

#!/bin/bash
# test.sh [--yes] - what `npm test` does: the test bed, then check (types, lint, layers, dead code, unit tests), build,
# the suite on the real parts, the end-to-end suite; the last line sums them up: "N passed, N failed[, N skipped]".
# A failing step does not hide the next ones. The suites run as the ordinary user of the test bed (as-user.sh).
# shellcheck source=common.sh
. "$(dirname "$0")/common.sh"
cd "$CHECKOUT"
export MYSINGULARITY_TESTBED=$FOLDER
PATH=$CHECKOUT/node_modules/.bin:$PATH
FAILED_STEPS=()
STARTED=$SECONDS

step() { # step NAME COMMAND...
  local name=$1 began=$SECONDS
  shift
  say "" "== $name"
  if "$@" </dev/null; then
    say "== $name: done in $((SECONDS - began)) s"
  else
    say "== $name: FAILED after $((SECONDS - began)) s"
    FAILED_STEPS+=("$name")
  fi
}

say "== test bed"
"$TESTBED_SOURCE/start.sh" "$@"

# What tests of an earlier run left for the web server to serve; another user may have run them.
rm -rf "$FOLDER"/web/files/*

# Reports of this run, outside the checkout: the user of the suites may not write there.
REPORTS=$FOLDER/reports
rm -rf "$REPORTS"
mkdir -p "$REPORTS"
chmod 1777 "$REPORTS"
export MYSINGULARITY_REPORTS=$REPORTS

suite() { # suite NAME [PROJECT...]: vitest with readable output and a report
  local name=$1 project projects=()
  for project in "$@"; do projects+=(--project "$project"); done
  MYSINGULARITY_SUITE=$name "$TESTBED_SOURCE/as-user.sh" node node_modules/vitest/vitest.mjs run "${projects[@]}" \
    --configLoader runner --reporter default --reporter ./e2e/testbed/hookFailures.ts \
    --reporter json --outputFile.json "$REPORTS/$name.json"
}
# Without these parts no test of the real suite can mean anything.
why_no_real_suite() {
  node -e '
    const { missing } = JSON.parse(require("fs").readFileSync(process.argv[1], "utf8"));
    const needed = ["apptainer", "registry", "tiny", "user", "subuid"];
    console.log(missing.filter(({ part }) => needed.includes(part)).map(({ reason }) => reason).join("; "));
  ' "$FOLDER/testbed.json"
}

step types tsc --noEmit
step lint biome check --error-on-warnings .
step layers depcruise --config .dependency-cruiser.cjs core renderer electron e2e
step "dead code" knip
step unit suite unit
step build node electron/build.mjs
REASON=$(why_no_real_suite)
if [ -z "$REASON" ]; then
  step real suite real alone
else
  node node_modules/vitest/vitest.mjs list --project real --project alone --configLoader runner --json="$REPORTS/real-list.json" >/dev/null
  say "$REASON" >"$REPORTS/real-list.reason"
  say "" "== real: skipped: $REASON"
fi
step "end to end" "$TESTBED_SOURCE/as-user.sh" node node_modules/@playwright/test/cli.js test -c e2e

say "" "All steps: $((SECONDS - STARTED)) s"
node "$TESTBED_SOURCE/summary.mjs" "$REPORTS" ${FAILED_STEPS[@]+"${FAILED_STEPS[@]}"}

#!/usr/bin/env bash
# Brings what is missing (libraries, an engine, a display, drivers), then runs every check and test.
# Nothing is skipped because something is missing. Needs Rust, Node.js and root or sudo.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

need_rust_and_node
apt_install "${BUILD_PACKAGES[@]}" "${PACKAGE_PACKAGES[@]}" "${TEST_PACKAGES[@]}"
ensure_engine yes
ensure_compose
need_tauri_driver

build_ui
build_helper
build_demo
step 'Building everything'
cargo build --locked "${EVERYTHING[@]}" >&2

target=${CARGO_TARGET_DIR:-$PWD/target}
export LIFEBOAT_CLI=$target/debug/lifeboat
export LIFEBOAT_DESKTOP=$target/debug/lifeboat-desktop
LIFEBOAT_DEMO_BINARY=$(realpath "$(demo_binary)")
export LIFEBOAT_DEMO_BINARY
export LIFEBOAT_DEMO_IMAGE=$DEMO_TAG

log=$(mktemp -d)
trap 'rm -rf "$log"' EXIT
# What failed, by the name of its step.
failures=()

step 'Checks'
scripts/check.sh || failures+=('checks')

step 'Tests of the window'
npm --prefix ui test 2>&1 | tee "$log/window" || failures+=('tests of the window')

step 'Tests of the crates, of the command on a real engine, and in the real window'
# A display and a session bus of their own; an invalid language tag is a case of its own in the tests.
own=(env LANG="${LANG:-C.UTF-8}" NO_AT_BRIDGE=1 xvfb-run --auto-servernum
  --server-args='-screen 0 1280x900x24' dbus-run-session --)
if has cargo-nextest; then
  "${own[@]}" cargo nextest run --locked "${EVERYTHING[@]}" 2>&1 | tee "$log/rust" || failures+=('tests of the crates')
else
  "${own[@]}" cargo test --locked "${EVERYTHING[@]}" --no-fail-fast 2>&1 | tee "$log/rust" || failures+=('tests of the crates')
fi

# Adds up what the runners said: `12 passed` and `1 failed`, wherever they stand in a summary line.
# One awk and no grep: a run in which nothing failed has no such number, and that is not an error.
count() {
  sed 's/\x1b\[[0-9;]*m//g' "$log/window" "$log/rust" |
    awk -v what="^($1)[,;.]?$" '
      /^( *Tests  |test result:| *Summary \[)/ {
        for (field = 2; field <= NF; field++) if ($field ~ what) sum += $(field - 1)
      }
      END { print sum + 0 }'
}
passed=$(count passed)
failed=$(count 'failed|timed')
[[ $passed -gt 0 ]] || failures+=('counting: no test ran')
printf '%s passed, %s failed\n' "$passed" "$failed"
if [[ ${#failures[@]} -gt 0 ]]; then
  fail "Failed: $(printf '%s; ' "${failures[@]}")see above"
fi
good 'Everything passed'

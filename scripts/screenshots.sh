#!/usr/bin/env bash
# Takes the pictures of the documentation in the real window: docs/screenshots/*.png.
#
# Needs what scripts/test.sh has built, and no project called lifeboat-demo on the engine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

need_rust_and_node
apt_install "${TEST_PACKAGES[@]}"
ensure_engine yes
ensure_compose
need_tauri_driver
target=${CARGO_TARGET_DIR:-$PWD/target}
[[ -x $target/debug/lifeboat-desktop ]] || fail 'run scripts/test.sh first: it builds the window'
if [[ -n $(docker ps --all --quiet --filter label=com.docker.compose.project=lifeboat-demo) ]]; then
  fail 'a project lifeboat-demo exists; stop it first: it would be replaced'
fi

LIFEBOAT_DEMO_BINARY=$(realpath "$(demo_binary)")
export LIFEBOAT_DEMO_BINARY
export LIFEBOAT_SCREENSHOTS=$PWD/docs/screenshots LIFEBOAT_SCREENSHOT_APP=lifeboat-demo
step 'Taking pictures'
xvfb-run --auto-servernum --server-args='-screen 0 1280x900x24' dbus-run-session -- \
  cargo test --locked --package lifeboat-tests --test e2e -- --test-threads=1 flow::
good "Written: docs/screenshots"

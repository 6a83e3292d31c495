#!/usr/bin/env bash
# Takes the pictures of the documentation in the real window: docs/pictures/*.png.
#
# On an engine of its own with the demo application, so that nothing else is in the pictures. Needs
# what scripts/test.sh brings and builds, and root.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

need_rust_and_node
apt_install "${TEST_PACKAGES[@]}"
ensure_engine yes
ensure_compose
need_tauri_driver
[[ $(id -u) -eq 0 ]] || fail 'an engine of its own can be started by root only; run this with sudo'

target=${CARGO_TARGET_DIR:-$PWD/target}
export LIFEBOAT_CLI=${LIFEBOAT_CLI:-$target/debug/lifeboat}
export LIFEBOAT_DESKTOP=${LIFEBOAT_DESKTOP:-$target/debug/lifeboat-desktop}
export LIFEBOAT_DEMO_BINARY=${LIFEBOAT_DEMO_BINARY:-$(demo_binary)}
LIFEBOAT_DEMO_BINARY=$(realpath "$LIFEBOAT_DEMO_BINARY")
for program in "$LIFEBOAT_CLI" "$LIFEBOAT_DESKTOP" "$LIFEBOAT_DEMO_BINARY"; do
  [[ -x $program ]] || fail "$program is missing; scripts/test.sh builds it"
done

export LIFEBOAT_PICTURES=$PWD/docs/pictures LIFEBOAT_DEMO_IMAGE=$DEMO_TAG
step 'Taking pictures'
env NO_AT_BRIDGE=1 xvfb-run --auto-servernum --server-args='-screen 0 1280x900x24' \
  cargo test --locked --package lifeboat-tests --test e2e -- --exact pictures::the_window_is_painted_in_both_themes >&2
good "Written to $LIFEBOAT_PICTURES"
ls "$LIFEBOAT_PICTURES"

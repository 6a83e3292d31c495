#!/usr/bin/env bash
# The gate: formatting, lints and types of everything. Changes nothing.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

need_rust_and_node
apt_install "${BUILD_PACKAGES[@]}" shellcheck
install_ui
# The window's files, the helper and the demo application are built into the programs.
[[ -f ui/dist/index.html ]] || build_ui
embedded=target/helper/$(architecture)
[[ -f $embedded/lifeboat-helper && -f $embedded/lifeboat-demo-app ]] || build_helper

step 'Rust: formatting'
cargo fmt --all --check
step 'Rust: lints'
cargo clippy --locked "${EVERYTHING[@]}" -- -D warnings
step 'Window: types, accessibility, formatting'
npm --prefix ui run check
step 'Scripts: lints'
shellcheck --external-sources scripts/*.sh tests/demo-app/build-image.sh .ci/run
good 'All checks passed'

#!/usr/bin/env bash
# Measures Lifeboat beside what one would otherwise use, and writes docs/BENCHMARKS.md.
#
#   scripts/bench.sh [window] [--quick]
#
# window   the window instead: long frames while a backup runs, and a list of a thousand backups
# --quick  small databases, one round, nothing written
#
# Needs an engine on this very machine: the other tools read the volume's files on its disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

what=bench quick=no
for argument in "$@"; do
  case $argument in
    window) what=window-bench ;;
    --quick) quick=yes ;;
    *) fail "unknown option $argument; known are window and --quick" ;;
  esac
done

need_rust_and_node
case $what in
  bench) apt_install build-essential pkg-config binutils sqlite3 pigz zstd restic borgbackup ;;
  window-bench) apt_install "${BUILD_PACKAGES[@]}" "${TEST_PACKAGES[@]}" && need_tauri_driver ;;
esac
ensure_engine yes
[[ $(id -u) -eq 0 ]] || fail 'the other tools read the volumes of the engine as root; run this as root'

build_helper
build_demo
step 'Building the programs and the benchmark'
packages=(--package lifeboat-cli --package lifeboat-tests --bins)
if [[ $what == window-bench ]]; then
  build_ui
  packages+=(--package lifeboat-desktop --features lifeboat-desktop/custom-protocol --example window-bench)
fi
cargo build --locked --release "${packages[@]}" >&2

target=${CARGO_TARGET_DIR:-$PWD/target}
export LIFEBOAT_CLI=$target/release/lifeboat LIFEBOAT_DESKTOP=$target/release/lifeboat-desktop
LIFEBOAT_DEMO_BINARY=$(realpath "$(demo_binary)")
export LIFEBOAT_DEMO_BINARY
export LIFEBOAT_DEMO_IMAGE=$DEMO_TAG

step 'Measuring'
measure=("$target/release/$what")
if [[ $what == window-bench ]]; then
  # A display and a session bus of its own.
  measure=(env LANG="${LANG:-C.UTF-8}" NO_AT_BRIDGE=1 xvfb-run --auto-servernum
    --server-args='-screen 0 1280x900x24' dbus-run-session -- "$target/release/examples/$what")
fi
if [[ $quick == yes ]]; then
  "${measure[@]}" --quick
else
  "${measure[@]}" --output docs/BENCHMARKS.md
  good 'Written: docs/BENCHMARKS.md'
fi

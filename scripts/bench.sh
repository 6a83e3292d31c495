#!/usr/bin/env bash
# Measures Lifeboat beside what one would otherwise use, and writes docs/BENCHMARKS.md.
#
#   scripts/bench.sh [--quick]
#
# --quick  small databases, one round, nothing written
#
# Needs an engine on this very machine: the other tools read the volume's files on its disk.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

quick=no
for argument in "$@"; do
  case $argument in
    --quick) quick=yes ;;
    *) fail "unknown option $argument; known is --quick" ;;
  esac
done

need_rust_and_node
apt_install build-essential pkg-config binutils sqlite3 pigz zstd restic borgbackup
ensure_engine yes
[[ $(id -u) -eq 0 ]] || fail 'the other tools read the volumes of the engine as root; run this as root'

build_helper
build_demo
step 'Building the lifeboat command and the benchmark'
cargo build --locked --release --package lifeboat-cli --package lifeboat-tests --bins >&2

target=${CARGO_TARGET_DIR:-$PWD/target}
export LIFEBOAT_CLI=$target/release/lifeboat
LIFEBOAT_DEMO_BINARY=$(realpath "$(demo_binary)")
export LIFEBOAT_DEMO_BINARY
export LIFEBOAT_DEMO_IMAGE=$DEMO_TAG

step 'Measuring'
if [[ $quick == yes ]]; then
  "$target/release/bench" --quick
else
  "$target/release/bench" --output docs/BENCHMARKS.md
  good 'Written: docs/BENCHMARKS.md'
fi

#!/bin/sh
# Builds the helper as a static Linux binary and puts it where lifeboat-core embeds it from.
#
# Usage: scripts/build-helper.sh [x86_64|aarch64 ...]      default: this machine's architecture
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

fail() {
    printf 'build-helper: %s\n' "$*" >&2
    exit 1
}

# The engine's word for a processor, which is also Rust's.
architecture_of() {
    case "$1" in
        x86_64 | amd64) echo x86_64 ;;
        aarch64 | arm64) echo aarch64 ;;
        *) fail "there is no helper for the architecture \"$1\" (x86_64 and aarch64 are supported)" ;;
    esac
}

# Says how to get the compiler's half of the work if it is missing.
need_target() {
    directory=$(rustc --print target-libdir --target "$1" 2>/dev/null || true)
    if [ -z "$directory" ] || ! ls "$directory"/libstd-*.rlib >/dev/null 2>&1; then
        fail "the Rust target $1 is not installed; run: rustup target add $1"
    fi
}

# Another architecture also needs a C compiler and linker for it, because SQLite is C.
need_compiler() {
    [ "$1" = "$(architecture_of "$(uname -m)")" ] && return 0
    command -v "$1-linux-gnu-gcc" >/dev/null 2>&1 ||
        fail "no C compiler for $1; install gcc-$(echo "$1" | tr _ -)-linux-gnu (\"$1-linux-gnu-gcc\")"
    suffix=$(echo "$1-unknown-linux-gnu" | tr 'a-z-' 'A-Z_')
    export "CARGO_TARGET_${suffix}_LINKER=$1-linux-gnu-gcc"
    export "CC_$(echo "$1-unknown-linux-gnu" | tr - _)=$1-linux-gnu-gcc"
}

# A program that asks for an interpreter (dynamic loader) would not start in an empty image.
check_static() {
    if command -v readelf >/dev/null 2>&1; then
        headers=$(readelf --program-headers --wide "$1")
        case "$headers" in
            *INTERP*) fail "$1 is not static: it asks for a dynamic loader" ;;
        esac
        return 0
    fi
    case "$(file --brief "$1")" in
        *"dynamically linked"*) fail "$1 is not static" ;;
        *static*) ;;
        *) fail "cannot tell whether $1 is static: neither readelf nor file says so" ;;
    esac
}

build() {
    architecture=$(architecture_of "$1")
    target="$architecture-unknown-linux-gnu"
    need_target "$target"
    need_compiler "$architecture"
    RUSTFLAGS="-C target-feature=+crt-static" \
        cargo build --locked --release --package lifeboat-helper --target "$target"
    built="${CARGO_TARGET_DIR:-target}/$target/release/lifeboat-helper"
    check_static "$built"
    # Replaced in one step, and only if it changed, so that core is not rebuilt for nothing.
    place="target/helper/$architecture"
    mkdir -p "$place"
    if ! cmp -s "$built" "$place/lifeboat-helper"; then
        cp "$built" "$place/lifeboat-helper.new"
        mv "$place/lifeboat-helper.new" "$place/lifeboat-helper"
    fi
    printf 'build-helper: %s (%s bytes)\n' "$place/lifeboat-helper" "$(wc -c <"$place/lifeboat-helper" | tr -d ' ')"
}

[ "$#" -gt 0 ] || set -- "$(uname -m)"
for wanted in "$@"; do
    build "$wanted"
done

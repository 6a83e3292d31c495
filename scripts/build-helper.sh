#!/bin/sh
# Builds the helper and the demo application as static Linux binaries and puts them where lifeboat-core
# embeds them from.
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
        cargo build --locked --release --target "$target" --package lifeboat-helper --package lifeboat-demo-app
    for program in lifeboat-helper lifeboat-demo-app; do
        put "${CARGO_TARGET_DIR:-target}/$target/release/$program" "target/helper/$architecture"
    done
}

# put FILE FOLDER: replaced in one step, and only if it changed, so that core is not rebuilt for nothing.
put() {
    check_static "$1"
    mkdir -p "$2"
    name=$(basename "$1")
    if ! cmp -s "$1" "$2/$name"; then
        cp "$1" "$2/$name.new"
        mv "$2/$name.new" "$2/$name"
    fi
    printf 'build-helper: %s (%s bytes)\n' "$2/$name" "$(wc -c <"$2/$name" | tr -d ' ')"
}

[ "$#" -gt 0 ] || set -- "$(uname -m)"
for wanted in "$@"; do
    build "$wanted"
done

#!/usr/bin/env bash
# Brings what is missing, builds Lifeboat, and opens its window.
#
#   scripts/run.sh [--demo] [--release]
#
# --demo     start the demo application first (and install an engine without asking)
# --release  an optimised build
#
# With no display the main job is done through the command line instead.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

demo=no
profile=debug
for argument in "$@"; do
  case $argument in
    --demo) demo=yes ;;
    --release) profile=release ;;
    -h | --help) sed -n '2,9s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option $argument; known are --demo and --release" ;;
  esac
done

display=no
[[ -n ${DISPLAY:-}${WAYLAND_DISPLAY:-} ]] && display=yes

need_rust_and_node
apt_install build-essential pkg-config binutils
if [[ $display == yes ]]; then
  apt_install "${BUILD_PACKAGES[@]}"
fi
if [[ $demo == yes || -n ${CI:-} ]]; then
  ensure_engine yes
else
  ensure_engine ask
fi

build_helper
options=(--locked)
[[ $profile == release ]] && options+=(--release)
if [[ $display == yes ]]; then
  build_ui
  step 'Building Lifeboat'
  cargo build "${options[@]}" --package lifeboat-cli >&2
  cargo build "${options[@]}" --package lifeboat-desktop --features custom-protocol >&2
else
  step 'Building the lifeboat command'
  cargo build "${options[@]}" --package lifeboat-cli >&2
fi
programs=${CARGO_TARGET_DIR:-target}/$profile

if [[ $demo == yes ]]; then
  ensure_compose
  build_demo
  start_demo
fi

if [[ $display == yes ]]; then
  good 'Opening the window'
  exec "$programs/lifeboat-desktop"
fi

# The first application that has a database; the demo application where it was asked for.
first_app() {
  "$programs/lifeboat" apps --json | node -e '
    const { apps } = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const found = apps.find((app) => app.databases.length > 0);
    if (found) console.log(found.name);'
}

step 'There is no display here, so the window cannot open; the lifeboat command does the main job instead'
show() {
  step "lifeboat $*"
  "$programs/lifeboat" "$@"
}
show apps
app=lifeboat-demo
[[ $demo == yes ]] || app=$(first_app)
if [[ -z $app ]]; then
  good 'No application with a SQLite database runs on this engine; --demo starts one'
  exit 0
fi
show backup "$app"
show verify "$app" latest
show backups "$app"
if [[ $demo == yes ]]; then
  show restore "$app" latest --yes
elif [[ -t 0 ]]; then
  show restore "$app" latest
else
  note "Not restoring $app unasked: lifeboat restore $app latest --yes"
fi
good 'Done'

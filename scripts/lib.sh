# shellcheck shell=bash
# What run.sh, test.sh, check.sh and bench.sh share: words, packages, an engine, builds.
# Meant to be sourced by a script that runs in the repository's root with `set -euo pipefail`.

# shellcheck disable=SC2034 # used by the scripts that read this file
readonly BUILD_PACKAGES=(
  build-essential pkg-config binutils libssl-dev libwebkit2gtk-4.1-dev libgtk-3-dev
  libayatana-appindicator3-dev librsvg2-dev
)
# shellcheck disable=SC2034
readonly TEST_PACKAGES=(
  webkit2gtk-driver xvfb xauth dbus dbus-x11 xdotool imagemagick fonts-dejavu-core curl shellcheck
  docker-registry python3-gi gir1.2-gtk-3.0 debootstrap appstream desktop-file-utils man-db
  fish git sqlite3 zstd
)
# What packages are made with, beside what the programs are built with.
# shellcheck disable=SC2034
readonly PACKAGE_PACKAGES=(binutils dpkg-dev rpm)
readonly TAURI_DRIVER_VERSION=2.1.0
readonly DEMO_TAG=lifeboat-demo-app:1
# One selection for build, clippy and tests, so that nothing is compiled twice.
# shellcheck disable=SC2034
readonly EVERYTHING=(--workspace --all-targets --features lifeboat-desktop/custom-protocol)

if [[ -t 2 && -z ${NO_COLOR:-} ]]; then
  readonly BOLD=$'\e[1;36m' RED=$'\e[1;31m' GREEN=$'\e[1;32m' PLAIN=$'\e[0m'
else
  readonly BOLD='' RED='' GREEN='' PLAIN=''
fi

step() { printf '%s==> %s%s\n' "$BOLD" "$*" "$PLAIN" >&2; }
note() { printf '    %s\n' "$*" >&2; }
good() { printf '%s==> %s%s\n' "$GREEN" "$*" "$PLAIN" >&2; }
fail() {
  printf '%s==> %s%s\n' "$RED" "$*" "$PLAIN" >&2
  exit 1
}

has() { command -v "$1" >/dev/null 2>&1; }

as_root() {
  if [[ $(id -u) -eq 0 ]]; then
    "$@"
  elif has sudo; then
    sudo "$@"
  else
    fail "\"$*\" needs root, and there is no sudo"
  fi
}

# Asks on a terminal; anywhere else the answer is no.
agrees() {
  [[ -t 0 ]] || return 1
  local answer
  read -r -p "$1 [y/N] " answer
  [[ $answer == [yY]* ]]
}

# ---------------------------------------------------------------- packages

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Installs those of the packages that are missing; the package lists are fetched only when needed.
apt_install() {
  local missing=() package
  has dpkg-query || { note "no dpkg here: taking for granted that these are installed: $*"; return 0; }
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0
  step "Installing ${missing[*]}"
  local install=(env DEBIAN_FRONTEND=noninteractive apt-get install --yes --quiet --no-install-recommends)
  if ! as_root "${install[@]}" "${missing[@]}" >&2; then
    note 'Fetching the package lists and trying again.'
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update --quiet >&2
    as_root "${install[@]}" "${missing[@]}" >&2 || fail "cannot install ${missing[*]}"
  fi
}

# The first of the packages that the distribution has.
apt_install_one_of() {
  local package
  for package in "$@"; do
    if is_installed "$package"; then return 0; fi
  done
  if ! apt-cache show "$@" >/dev/null 2>&1; then
    as_root env DEBIAN_FRONTEND=noninteractive apt-get update --quiet >&2
  fi
  for package in "$@"; do
    if apt-cache show "$package" >/dev/null 2>&1; then
      apt_install "$package"
      return 0
    fi
  done
  fail "the distribution has none of these packages: $*"
}

need_rust_and_node() {
  if ! has cargo && [[ -r $HOME/.cargo/env ]]; then
    # shellcheck disable=SC1091
    source "$HOME/.cargo/env"
  fi
  has cargo || fail 'Rust is missing; get it from https://rustup.rs, then run this again'
  has npm || fail 'Node.js 20 or newer with npm is missing; get it from https://nodejs.org'
  local major
  major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
  [[ $major -ge 20 ]] || fail "Node.js is version $major; 20 or newer is needed"
  export PATH=$HOME/.cargo/bin:$PATH
}

need_tauri_driver() {
  has tauri-driver && return 0
  step "Building tauri-driver $TAURI_DRIVER_VERSION"
  cargo install --locked --version "$TAURI_DRIVER_VERSION" tauri-driver >&2
}

# ---------------------------------------------------------------- the engine

engine_answers() { docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# ensure_engine ask|yes: `yes` installs and starts one without a question.
ensure_engine() {
  if has docker && engine_answers; then
    return 0
  fi
  if has docker && docker version 2>&1 | grep --quiet 'permission denied'; then
    fail "an engine runs, and $(id -un) may not use it: sudo usermod -aG docker $(id -un), then log in again"
  fi
  if [[ -n ${DOCKER_HOST:-} ]]; then
    fail "DOCKER_HOST is $DOCKER_HOST, and no engine answers there"
  fi
  if ! has docker || ! has dockerd; then
    if [[ $1 != yes ]] && ! agrees 'There is no Docker engine here. Install docker.io?'; then
      fail 'without an engine there is nothing to protect; install Docker, then run this again'
    fi
    apt_install docker.io iptables
    # Newer distributions have the command in a package of its own.
    has docker || apt_install docker-cli
  fi
  engine_answers || start_engine
}

start_engine() {
  step 'Starting the engine'
  if [[ -d /run/systemd/system ]]; then
    as_root systemctl start docker || true
    wait_for_engine 30 && return 0
  fi
  local log=${TMPDIR:-/tmp}/lifeboat-dockerd.log options
  # Without the right to change the packet filter, an engine can still run containers.
  for options in '' '--iptables=false --ip6tables=false' '--iptables=false --bridge=none'; do
    # shellcheck disable=SC2086,SC2024
    as_root setsid --fork dockerd $options >"$log" 2>&1 </dev/null
    wait_for_engine 40 && return 0
    note "dockerd ${options:-without options} did not come up"
    # A pid file that a killed engine left keeps the next one from starting.
    if [[ -r /var/run/docker.pid ]] && ! kill -0 "$(cat /var/run/docker.pid)" 2>/dev/null; then
      as_root rm -f /var/run/docker.pid
    fi
  done
  tail -n 20 "$log" >&2
  fail 'no engine comes up here'
}

wait_for_engine() {
  local second
  for ((second = 0; second < $1; second++)); do
    engine_answers && return 0
    sleep 1
  done
  return 1
}

has_compose() { docker compose version >/dev/null 2>&1 || has docker-compose; }

ensure_compose() {
  has_compose || apt_install_one_of docker-compose-v2 docker-compose
}

compose() {
  if docker compose version >/dev/null 2>&1; then
    docker compose "$@"
  else
    docker-compose "$@"
  fi
}

# ---------------------------------------------------------------- builds

architecture() { uname -m; }

# npm ci only where the lock file changed.
install_ui() {
  local lock
  lock=$(sha256sum ui/package-lock.json)
  if [[ ! -d ui/node_modules || $(cat ui/node_modules/.lock-sha256 2>/dev/null) != "$lock" ]]; then
    step 'Installing the packages of the window'
    npm --prefix ui ci --no-fund --no-audit >&2
    printf '%s\n' "$lock" >ui/node_modules/.lock-sha256
  fi
}

build_ui() {
  install_ui
  step 'Building the window'
  npm --prefix ui run build >&2
}

build_helper() {
  step 'Building the helper and the demo application'
  scripts/build-helper.sh >&2
}

demo_binary() {
  printf '%s/%s-unknown-linux-gnu/release/lifeboat-demo-app\n' "${CARGO_TARGET_DIR:-target}" "$(architecture)"
}

# The demo application's image, around the binary that the helper was built with.
build_demo() {
  step 'Making the image of the demo application'
  tests/demo-app/build-image.sh --binary "$(demo_binary)" "$DEMO_TAG" >&2
}

# Brings the demo application up and waits until it is healthy.
start_demo() {
  step 'Starting the demo application'
  compose --project-directory tests/demo-app --file tests/demo-app/compose.yaml \
    --project-name lifeboat-demo up -d >&2
  local container status second
  container=$(docker ps --quiet --filter label=com.docker.compose.project=lifeboat-demo | head -n 1)
  for ((second = 0; second < 60; second++)); do
    status=$(docker inspect --format '{{.State.Health.Status}}' "$container")
    [[ $status == healthy ]] && break
    sleep 1
  done
  [[ $status == healthy ]] || fail "the demo application is $status"
  note "The guest book is open at http://127.0.0.1:${LIFEBOAT_DEMO_PORT:-8737}"
}

#!/usr/bin/env bash
# Updates an application to its newest release, or brings the old release and its data back.
#
#   safe_update.sh [options] [APP]           (lifeboat-safe-update, where a package installed it)
#
# Without APP it is the compose project of the current directory: -p, then COMPOSE_PROJECT_NAME from
# the environment or .env, then the project that runs from here, then `name:` in the compose file,
# then the directory's name. The work is done by `lifeboat update`.
#
#   --check              show what would be done, and change nothing
#   --apply-compose      apply what was edited in the compose files too, with the same way back
#   --git-pull           get the newest commit of the checkout first, as `git pull --ff-only` does
#   -p, --project NAME   the compose project's name
#   -y, --yes            answer every question with yes
#   --engine URL|CONTEXT the engine to use
#   --json               one JSON object on standard output
#   -q, --quiet          results, warnings and errors only
#   -v, --verbose        more of everything
#   --color WHEN         auto, always or never
#   -h, --help           this text
#
# Exit codes: 0 updated or up to date, 1 failed, 2 usage, 3 engine unreachable, 4 permission,
# 5 not found, 6 the database is damaged, 7 rolled back (the old release runs with its data), 8 busy,
# 9 needs attention, 130 interrupted.
set -euo pipefail

fail() {
  local code=$1
  shift
  printf '%s: %s\n' "${0##*/}" "$*" >&2
  exit "$code"
}

# This file, whatever links lead to it.
own_path() {
  local path=${BASH_SOURCE[0]} target
  while [[ -L $path ]]; do
    target=$(readlink "$path")
    [[ $target == /* ]] || target=$(dirname "$path")/$target
    path=$target
  done
  printf '%s/%s\n' "$(cd "$(dirname "$path")" && pwd -P)" "$(basename "$path")"
}

usage() { sed -n '2,/^set /s/^# \{0,1\}//p' "$1"; }

# The command: in PATH, beside this script, or built in its repository.
find_lifeboat() {
  local candidate
  if command -v lifeboat; then return 0; fi
  for candidate in "$1/lifeboat" "$1/../target/release/lifeboat" "$1/../target/debug/lifeboat"; do
    if [[ -f $candidate && -x $candidate ]]; then
      printf '%s\n' "$candidate"
      return 0
    fi
  done
  return 1
}

# The compose file that is named, or that of this directory or the nearest above it, as compose looks.
find_compose_file() {
  local directory=$PWD name named=${COMPOSE_FILE:-}
  named=${named%%:*}
  if [[ -n $named ]]; then
    [[ $named == /* ]] || named=$PWD/$named
    printf '%s\n' "$named"
    return 0
  fi
  while :; do
    for name in compose.yaml compose.yml docker-compose.yml docker-compose.yaml; do
      if [[ -f $directory/$name ]]; then
        printf '%s\n' "${directory%/}/$name"
        return 0
      fi
    done
    [[ $directory != / ]] || return 1
    directory=$(dirname "$directory")
  done
}

# A scalar without its quotes, comment and line end; nothing where it has to be computed.
plain_value() {
  local value=${1%$'\r'}
  value=${value#"${value%%[![:space:]]*}"}
  case $value in
    \"*) value=${value#\"} value=${value%%\"*} ;;
    \'*) value=${value#\'} value=${value%%\'*} ;;
    *) value=${value%%[[:space:]]#*} value=${value%"${value##*[![:space:]]}"} ;;
  esac
  [[ $value == *'$'* ]] || printf '%s' "$value"
}

# The last line of a file that sets a name at its beginning.
last_setting() {
  local line found=
  [[ -f $1 ]] || return 0
  while IFS= read -r line || [[ -n $line ]]; do
    [[ $line =~ $2 ]] && found=${BASH_REMATCH[1]}
  done <"$1"
  plain_value "$found"
}

# What compose makes of a directory's name.
normalised() {
  local name
  name=$(printf '%s' "$1" | LC_ALL=C tr '[:upper:]' '[:lower:]' | LC_ALL=C tr -cd 'a-z0-9_-')
  while [[ $name == [_-]* ]]; do name=${name#?}; done
  printf '%s' "$name"
}

# The project that compose was run for in a directory, if there is one and only one. Names and
# directories are picked out of the JSON in its order; a quote inside of either is escaped there, so
# no name can pass for another one.
project_running_from() {
  local directory=$1 json line name='' found=''
  json=$("$lifeboat" apps --json --quiet ${engine[@]+"${engine[@]}"} 2>/dev/null) || return 0
  while IFS= read -r line; do
    case $line in
      '"kind"'*) name=${line#*'"name":"'} name=${name%\"*} ;;
      "\"directory\":\"$directory\"")
        [[ -z $found || $found == "$name" ]] || return 0
        found=$name
        ;;
    esac
  done < <(printf '%s' "$json" | grep -o '"kind":"compose","name":"[^"]*"\|"directory":"[^"]*"')
  printf '%s' "$found"
}

# The application that this directory belongs to.
find_app() {
  local file='' directory name
  if [[ -n ${COMPOSE_PROJECT_NAME:-} ]]; then
    printf '%s' "$COMPOSE_PROJECT_NAME"
    return 0
  fi
  file=$(find_compose_file) || true
  directory=$PWD
  [[ -z $file ]] || directory=$(dirname "$file")
  name=$(last_setting "$directory/.env" '^[[:space:]]*COMPOSE_PROJECT_NAME=(.*)$')
  [[ -n $name ]] || name=$(project_running_from "$directory")
  [[ -n $name ]] || name=$(project_running_from "$(cd "$directory" && pwd -P)")
  if [[ -z $name && -n $file ]]; then
    name=$(last_setting "$file" '^name:(.*)$')
    [[ -n $name ]] || name=$(normalised "$(basename "$directory")")
  fi
  printf '%s' "$name"
}

own=$(own_path)
app=
options=()
engine=()
while [[ $# -gt 0 ]]; do
  case $1 in
    -h | --help) usage "$own"; exit 0 ;;
    -p | --project | --engine | --color)
      [[ $# -ge 2 ]] || fail 2 "$1 needs a value; --help shows all options"
      case $1 in
        -p | --project) app=$2 ;;
        --engine) engine=("$1" "$2") ;;
        --color) options+=("$1" "$2") ;;
      esac
      shift 2
      ;;
    --project=*) app=${1#*=}; shift ;;
    --engine=*) engine=("$1"); shift ;;
    --color=* | --check | --apply-compose | --git-pull | -y | --yes | --json | -q | --quiet | -v | --verbose) options+=("$1"); shift ;;
    -*) fail 2 "unknown option $1; --help shows all options" ;;
    *)
      [[ -z $app ]] || fail 2 'only one application can be updated at a time; --help shows all options'
      app=$1
      shift
      ;;
  esac
done

lifeboat=$(find_lifeboat "$(dirname "$own")") ||
  fail 1 'the command lifeboat is neither in PATH nor beside this script; build it with scripts/run.sh, or install Lifeboat'
[[ -n $app ]] || app=$(find_app)
[[ -n $app ]] ||
  fail 5 'no compose project belongs to this directory; name the application: '"${0##*/} APP"

# From here on it is lifeboat's: its progress, its colours, its words and its exit code.
exec "$lifeboat" update ${options[@]+"${options[@]}"} ${engine[@]+"${engine[@]}"} -- "$app"

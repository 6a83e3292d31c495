#!/usr/bin/env bash
# Builds the demo application's image without a registry: one static binary in one layer.
#
#   build-image.sh [--binary FILE] [--user UID:GID] [--architecture NAME] [--env NAME=VALUE]... [--output FILE] [--no-load] TAG
set -euo pipefail

fail() {
  printf 'build-image.sh: %s\n' "$*" >&2
  exit 2
}

binary=${LIFEBOAT_DEMO_BINARY:-}
user=1000:1000
output=
load=yes
environment=()
architecture=
while [[ $# -gt 1 ]]; do
  case $1 in
    --binary) binary=$2; shift 2 ;;
    --user) user=$2; shift 2 ;;
    --architecture) architecture=$2; shift 2 ;;
    --env) environment+=("$2"); shift 2 ;;
    --output) output=$2; shift 2 ;;
    --no-load) load=no; shift ;;
    *) fail "unknown option $1" ;;
  esac
done
[[ $# -eq 1 && $1 != -* ]] || fail 'usage: build-image.sh [options] TAG'
tag=$1
[[ $tag == *:* ]] || tag=$tag:latest
[[ -n $binary ]] || fail 'name the binary with --binary or LIFEBOAT_DEMO_BINARY'
[[ -x $binary ]] || fail "there is no binary $binary"

case ${architecture:-$(uname -m)} in
  x86_64) architecture=amd64 ;;
  aarch64) architecture=arm64 ;;
  *) architecture=${architecture:-$(uname -m)} ;;
esac

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# One layer: the binary, and a /data that belongs to the user, whose owner a new volume takes over.
mkdir -p "$work/root/data" "$work/root/tmp"
install -m 0755 "$binary" "$work/root/lifeboat-demo-app"
same=(--numeric-owner --mtime=@0 --format=ustar --directory "$work/root")
tar --create --file "$work/layer.tar" "${same[@]}" --owner=0 --group=0 --mode=0755 lifeboat-demo-app
tar --append --file "$work/layer.tar" "${same[@]}" --owner=0 --group=0 --mode=1777 tmp
tar --append --file "$work/layer.tar" "${same[@]}" \
  --owner="${user%%:*}" --group="${user##*:}" --mode=0755 data
layer=$(sha256sum "$work/layer.tar" | cut -d' ' -f1)

variables='"PATH=/"'
for entry in ${environment[@]+"${environment[@]}"}; do
  [[ $entry != *[\"\\]* ]] || fail "a quote or backslash in $entry"
  variables+=",\"$entry\""
done

cat >"$work/config.json" <<JSON
{
  "architecture": "$architecture",
  "os": "linux",
  "created": "1970-01-01T00:00:00Z",
  "config": {
    "User": "$user",
    "Env": [$variables],
    "Entrypoint": ["/lifeboat-demo-app"],
    "WorkingDir": "/",
    "ExposedPorts": {"8080/tcp": {}},
    "Healthcheck": {
      "Test": ["CMD", "/lifeboat-demo-app", "healthcheck"],
      "Interval": 2000000000,
      "Timeout": 5000000000,
      "StartPeriod": 5000000000,
      "Retries": 3
    },
    "Labels": {"org.opencontainers.image.title": "Lifeboat demo application"}
  },
  "rootfs": {"type": "layers", "diff_ids": ["sha256:$layer"]},
  "history": [{"created": "1970-01-01T00:00:00Z", "created_by": "lifeboat demo application"}]
}
JSON
config=$(sha256sum "$work/config.json" | cut -d' ' -f1)
mkdir -p "$work/image/$layer"
mv "$work/layer.tar" "$work/image/$layer/layer.tar"
mv "$work/config.json" "$work/image/$config.json"
printf '[{"Config":"%s.json","RepoTags":["%s"],"Layers":["%s/layer.tar"]}]\n' \
  "$config" "$tag" "$layer" >"$work/image/manifest.json"
tar --create --file "$work/image.tar" --numeric-owner --owner=0 --group=0 --mtime=@0 --sort=name \
  --directory "$work/image" .

if [[ -n $output ]]; then
  mkdir -p "$(dirname "$output")"
  cp "$work/image.tar" "$output"
fi
if [[ $load == yes ]]; then
  docker load --quiet --input "$work/image.tar"
fi

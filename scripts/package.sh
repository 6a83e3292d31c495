#!/usr/bin/env bash
# Builds the packages for Debian and Ubuntu (deb) and for Fedora and openSUSE (rpm): the window, the command, its
# manual and completions, safe_update.sh, the unit of the watch, and the guides.
#
#   scripts/package.sh [--debug] [--output DIR]
#
# --debug   put the debug builds that are there into them, stripped, and compile nothing: for tests
# --output  where the packages go; target/packages without it
#
# The version is that of Cargo.toml; after a tag vX.Y.Z it tells the commits since then, too. Times in the packages
# are that of the commit, or SOURCE_DATE_EPOCH. docs/PACKAGING.md says more.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
source scripts/lib.sh

profile=release
output=target/packages
while [[ $# -gt 0 ]]; do
  case $1 in
    --debug) profile=debug ;;
    --output) [[ $# -ge 2 ]] || fail '--output needs a folder'; output=$2; shift ;;
    -h | --help) sed -n '2,12s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"; exit 0 ;;
    *) fail "unknown option $1; known are --debug and --output" ;;
  esac
  shift
done

readonly BUILT=${CARGO_TARGET_DIR:-target}/$profile
# Laid out for src-tauri/tauri.conf.json, which names these places.
readonly STAGE=target/package
readonly TREE=$STAGE/usr
readonly PROGRAMS=$STAGE/programs

# Of Cargo.toml; where the last tag lies behind, with what came after it.
version() {
  local own described
  own=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' Cargo.toml)
  described=$(git describe --tags --long --match 'v[0-9]*.[0-9]*.[0-9]*' 2>/dev/null) || described=
  case $described in
    '' | *-0-g*)
      [[ -z $described || $described == "v$own-0-g"* ]] ||
        fail "the tag says ${described%-0-g*}, and Cargo.toml says $own"
      printf '%s\n' "$own"
      ;;
    "v$own-"*) printf '%s\n' "$own+${described#"v$own-"}" | tr - . ;;
    # The next version is being made already.
    *) printf '%s\n' "$own" ;;
  esac
}

commit_time() {
  git log -1 --format=%ct 2>/dev/null || stat --format %Y CHANGELOG.md
}

build_programs() {
  if [[ $profile == debug ]]; then
    [[ -x $BUILT/lifeboat && -x $BUILT/lifeboat-desktop ]] ||
      fail "there are no debug builds in $BUILT; scripts/test.sh makes them"
    return 0
  fi
  need_rust_and_node
  apt_install "${BUILD_PACKAGES[@]}"
  build_ui
  build_helper
  step 'Building Lifeboat'
  cargo build --locked --release --package lifeboat-cli >&2
  cargo build --locked --release --package lifeboat-desktop --features custom-protocol >&2
}

put() { install -D --mode "$1" "$2" "$3"; }

# Everything that is the same in both kinds of package.
lay_out() {
  step 'Laying out the files'
  rm -rf "$STAGE"
  mkdir -p "$PROGRAMS/$profile" "$TREE/share/man/man1"
  strip -o "$PROGRAMS/$profile/lifeboat-desktop" "$BUILT/lifeboat-desktop"
  put 755 "$BUILT/lifeboat" "$TREE/bin/lifeboat"
  strip "$TREE/bin/lifeboat"
  put 755 scripts/safe_update.sh "$TREE/bin/lifeboat-safe-update"
  put 644 scripts/lifeboat-watch.service "$TREE/lib/systemd/user/lifeboat-watch.service"
  put 644 icons/app.svg "$TREE/share/icons/hicolor/scalable/apps/lifeboat-desktop.svg"
  mkdir -p "$TREE/share/metainfo"
  sed "s/@VERSION@/$version/; s/@DATE@/$(date --utc --date "@$SOURCE_DATE_EPOCH" +%F)/" \
    packaging/dev.lifeboat.desktop.metainfo.xml >"$TREE/share/metainfo/dev.lifeboat.desktop.metainfo.xml"
  lay_out_manual_and_completions
  lay_out_documents
  find "$STAGE" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
}

lay_out_manual_and_completions() {
  local command=$TREE/bin/lifeboat
  "$command" manual --to "$TREE/share/man/man1" >/dev/null
  gzip --best --no-name "$TREE"/share/man/man1/*.1
  mkdir -p "$TREE/share/bash-completion/completions" "$TREE/share/fish/vendor_completions.d"
  "$command" completions bash >"$TREE/share/bash-completion/completions/lifeboat"
  "$command" completions fish >"$TREE/share/fish/vendor_completions.d/lifeboat.fish"
  # Debian has a folder of its own for those of zsh.
  "$command" completions zsh >"$STAGE/_lifeboat"
}

# The guides, with their links and without the pictures of the screens that the README does not show.
lay_out_documents() {
  local documents=$TREE/share/doc/lifeboat file
  for file in README.md CHANGELOG.md LICENSE .env.example packaging/copyright; do
    put 644 "$file" "$documents/$(basename "$file")"
  done
  for file in docs/*.md docs/design/*.md docs/pictures/{window,update-running}.png; do
    put 644 "$file" "$documents/$file"
  done
}

# The bundler looks for the program below a target directory; this one has nothing else in it.
bundle() {
  step 'Bundling'
  local requires
  requires=$(printf '%s\n' "$TREE/bin/lifeboat" "$PROGRAMS/$profile/lifeboat-desktop" |
    /usr/lib/rpm/elfdeps --requires | sort --unique | sed 's/.*/"&"/' | paste --serial --delimiters ,)
  local options=(--bundles 'deb,rpm' --no-binary-patching --no-sign --ci
    --config "{\"version\":\"$version\",\"bundle\":{\"linux\":{\"rpm\":{\"depends\":[$requires]}}}}")
  [[ $profile == release ]] || options+=(--debug)
  (cd src-tauri && CARGO_TARGET_DIR=$PWD/../$PROGRAMS ../ui/node_modules/.bin/tauri bundle "${options[@]}" >&2)
}

# The packages that the libraries of the programs come from, at least as new as they have to be.
needed_libraries() {
  mkdir -p "$STAGE/shlibs/debian"
  printf 'Source: lifeboat\n\nPackage: lifeboat\nArchitecture: any\n' >"$STAGE/shlibs/debian/control"
  (cd "$STAGE/shlibs" && dpkg-shlibdeps -O "$1/usr/bin/lifeboat" "$1/usr/bin/lifeboat-desktop") |
    sed -n 's/^shlibs:Depends=//p'
}

# What the bundler cannot say and cannot hold still: the libraries as they are, what is merely useful, the order of
# the files and their times.
finish_deb() {
  local bundled=$1 contents=$PWD/$STAGE/deb control size depends
  dpkg-deb --raw-extract "$bundled" "$contents"
  control=$contents/DEBIAN/control
  depends=$(needed_libraries "$contents")
  [[ -n $depends ]] || fail 'the libraries that the programs need are not known'
  size=$(find "$contents/usr" -type f -printf '%s\n' | awk '{ kib += int(($1 + 1023) / 1024) } END { print kib }')
  sed --in-place "s/^Installed-Size: .*/Installed-Size: $size/; s/^Depends: .*/Depends: $depends/
    /^Recommends: /a Suggests: docker.io | docker-ce, docker-compose-v2 | docker-compose-plugin | docker-compose, git" \
    "$control"
  LC_ALL=C sort --key 2 --output "$contents/DEBIAN/md5sums" "$contents/DEBIAN/md5sums"
  find "$contents" -exec touch --no-dereference --date "@$SOURCE_DATE_EPOCH" {} +
  # A package for tests is made to be quick.
  local compression=(-Zxz)
  [[ $profile == release ]] || compression=(-Zgzip -z1)
  dpkg-deb --root-owner-group "${compression[@]}" --build "$contents" "$2" >&2
}

has npm || need_rust_and_node
apt_install "${PACKAGE_PACKAGES[@]}"
has dpkg-shlibdeps || fail 'the packages are built on Debian or Ubuntu'
install_ui
mkdir -p target "$output"
output=$(realpath "$output")
# Everything is laid out in one place, so one at a time.
exec 9>target/package.lock
flock 9
umask 022

version=$(version)
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(commit_time)}
export SOURCE_DATE_EPOCH
build_programs
lay_out
bundle
bundles=$PROGRAMS/$profile/bundle
deb=$output/lifeboat_${version}_$(dpkg --print-architecture).deb
rpm=$output/lifeboat-$version-1.$(architecture).rpm
finish_deb "$(echo "$bundles"/deb/*.deb)" "$deb"
cp "$bundles"/rpm/*.rpm "$rpm"
# An AppImage is made of the tree; one of debug builds never is.
rm -rf "$PROGRAMS" "$STAGE/deb" "$STAGE/shlibs"
[[ $profile == release ]] || rm -rf "$STAGE"
printf '%s\n' "$deb" "$rpm"
good "Built $(basename "$deb") and $(basename "$rpm")"

#!/bin/sh
# Installs the Debian packages that this machine lacks. Silent when nothing is missing; may be run again at any time.
#
#   tools/setup.sh build|test|fuzz
set -eu
cd "$(dirname "$0")/.."

build="build-essential meson ninja-build pkg-config libsqlite3-dev libpq-dev libmicrohttpd-dev libyaml-dev libjansson-dev
  libzip-dev libxml2-dev libcairo2-dev libfreetype-dev libssl-dev libargon2-dev libxlsxwriter-dev
  texlive-lang-chinese fonts-noto-cjk libcmocka-dev"
tests="chromium poppler-utils python3 postgresql"
fuzz="clang libclang-rt-14-dev"

case "${1:-}" in
build) wanted=$build ;;
test) wanted="$build $tests" ;;
fuzz) wanted="$build $fuzz" ;;
*) echo "usage: tools/setup.sh build|test|fuzz" >&2; exit 2 ;;
esac
# What is there from elsewhere or in another package is as good; Debian's npm does not install beside another node.
if [ "$1" = test ]; then
  command -v node >/dev/null || wanted="$wanted nodejs"
  command -v npm >/dev/null || wanted="$wanted npm"
  command -v soffice >/dev/null || wanted="$wanted libreoffice-writer-nogui"
fi

missing=
for package in $wanted; do
  state=$(dpkg-query -W -f '${db:Status-Abbrev}' "$package" 2>/dev/null || true)
  case "$state" in ii*) ;; *) missing="$missing $package" ;; esac
done

if [ -n "$missing" ]; then
  root=
  if [ "$(id -u)" != 0 ]; then
    if ! command -v sudo >/dev/null; then
      echo "These Debian packages are missing; install them as root:$missing" >&2
      exit 3
    fi
    root=sudo
  fi
  echo "Installing:$missing"
  # shellcheck disable=SC2086
  $root apt-get update -qq </dev/null
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing </dev/null >/dev/null
fi

# Browser tests: exact versions from the lock file, again only when it changed.
if [ "$1" = test ] && [ -f tests/browser/package-lock.json ]; then
  cd tests/browser
  if ! cmp -s package-lock.json node_modules/.installed-lock; then
    npm ci --no-audit --no-fund --ignore-scripts --loglevel=error </dev/null
    cp package-lock.json node_modules/.installed-lock
  fi
fi

#!/bin/sh
# Builds the libFuzzer targets with clang and the sanitizers and runs each for the given seconds. New inputs go to
# build-fuzz/found/, never into the kept corpora. Exit status 1 when one of them found something.
set -eu
seconds=${1:-60}
cd "$(dirname "$0")/.."
if [ ! -f build-fuzz/build.ninja ]; then
  CC=clang meson setup build-fuzz -Dfuzz=true -Db_sanitize=address,undefined -Db_lundef=false \
    -Dc_args='-fsanitize=fuzzer-no-link -Wno-format-nonliteral'
fi
targets=
for source in tests/fuzz/fuzz_*.c; do
  targets="$targets tests/fuzz/$(basename "$source" .c)"
done
# shellcheck disable=SC2086
ninja -C build-fuzz $targets
status=0
for target in $targets; do
  name=${target##*fuzz_}
  found=build-fuzz/found/$name
  mkdir -p "$found"
  echo "== $name, $seconds s"
  if ! UBSAN_OPTIONS=halt_on_error=1 "build-fuzz/$target" -max_total_time="$seconds" -timeout=20 -print_final_stats=0 \
      -verbosity=0 -artifact_prefix="build-fuzz/crash-$name-" "$found" "tests/fuzz/corpus_$name"; then
    status=1
    echo "!! $name found something: build-fuzz/crash-$name-*"
  fi
done
exit $status

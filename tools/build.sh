#!/bin/sh
# Builds in a folder, which is configured first when it is new. Meson takes the list of definition and demo files when it
# configures, so it does so again when a file came or went.
#
#   tools/build.sh FOLDER 'TARGETS' [meson options]
set -eu
folder=$1
targets=$2
shift 2
cd "$(dirname "$0")/.."
[ -f "$folder/build.ninja" ] || meson setup "$folder" "$@"
find definitions demo -type f | sort > "$folder/files.new"
if ! cmp -s "$folder/files.new" "$folder/files.txt"; then
  [ ! -f "$folder/files.txt" ] || meson setup --reconfigure "$folder" >/dev/null
  mv "$folder/files.new" "$folder/files.txt"
fi
# shellcheck disable=SC2086
ninja -C "$folder" $targets

#!/bin/sh
# packages.sh MIRROR SUITE DIR - mirror the package indices of a Debian suite to DIR.
#
#     packages.sh https://deb.debian.org/debian bookworm indices
#
# The suite's Release file has the checksums of all indices; what does not match keeps no
# name. (Whether Release itself is genuine, its signature tells: gpgv, InRelease.)
set -eu
base=$1/dists/$2 dir=$3

trawl download -q -N -d "$dir" -o Release "$base/Release" >/dev/null

# Its lines " HEX SIZE NAME" below "SHA256:" become those of sha256sum.
awk '/^[^ ]/ { on = /^SHA256:/ } on && $3 ~ /Packages\.xz$/ { print $1 "  " $3 }' \
    "$dir/Release" >"$dir/SHA256SUMS"

# The list of checksums names the files, too: by the end of each URL's path.
sed "s,^[^ ]*  ,$base/," "$dir/SHA256SUMS" |
    trawl download -q -d "$dir" --checksum "$dir/SHA256SUMS" --if-exists overwrite |
    jq -r '[if .ok then "ok" else .error.type end, .path] | @tsv'

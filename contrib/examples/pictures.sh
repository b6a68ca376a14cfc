#!/bin/sh
# pictures.sh LIST DIR - download the pictures that LIST names, a URL a line, to DIR.
#
# They lie there by host and path. Each is fetched once, however often this runs, and by
# however many at the same time: DIR.done lists what is done. Prints what failed, and why.
set -eu
list=$1 dir=$2

trawl download -q -i "$list" -d "$dir" --name '{host}/{path}' --archive "$dir.done" |
    jq -r 'select(.ok | not) | "\(.url): \(.error.message)"'

#!/bin/sh
# broken.sh URL... - check the links of these sites, all of them.
#
# Prints "PAGE:LINE: LINK: REASON" for each broken one, as editors and compilers have it,
# sorted by page. The exit status is trawl's: 1 when any is broken.
set -u
found=$(mktemp) || exit 3
trap 'rm -f "$found"' EXIT

trawl crawl -q --check -l inf "$@" >"$found"
status=$?
jq -r 'select(.broken) | [.page, .line // 0,
    "\(.page):\(.line // 0): \(.url): \(.message)"] | @tsv' <"$found" |
    sort -t '	' -k1,1 -k2,2n | cut -f 3-
exit "$status"

#!/bin/sh
# cli_docs.sh - do the manual page, --help and the completions name the same options?
#
# A line of a list is "name", or "name letter", sorted. The completion for fish is the
# plainest print of the table, so the others are compared with that.
set -u
export LC_ALL=C
trawl=${TRAWL:-trawl}
top=${top_srcdir:-$(dirname "$0")/..}
scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT

# in_table CONDITION: what fish is told under that condition
in_table() {
    "$trawl" --completion fish | sed -n "s/^complete -c trawl -n '$1' -l //p" |
        sed -E 's/^([^ ]+) -s (.) .*/\1 \2/; t; s/ .*//' | sort
}

# in_help ARGUMENT...: the options at the beginning of lines, up to the text
in_help() {
    "$trawl" "$@" | sed -n 's/^  \(-.*\)/\1/p' | awk '
        {
            letter = ""
            sub(/   *[^ -].*/, "")
            n = split($0, word, /,? +/)
            for (i = 1; i <= n; i++) {
                if (word[i] ~ /^-[^-]$/)
                    letter = substr(word[i], 2)
                else if (word[i] ~ /^--/) {
                    print substr(word[i], 3) (letter == "" ? "" : " " letter)
                    letter = ""
                }
            }
        }' | sort
}

# in_man PAGE: the options that have an entry
in_man() {
    sed -n 's/^\.It Fl //p' "$1" | awk '
        {
            letter = ""
            for (i = 1; i <= NF; i++) {
                if ($i ~ /^[A-Za-z0-9]$/ && (i == 1 || $(i - 1) == "Fl"))
                    letter = " " $i
                else if ($i ~ /^-./) {
                    print substr($i, 2) letter
                    letter = ""
                }
            }
        }' | sort
}

# in_pages PAGE: that page's options; of pages that refer to fetch's for what both have,
# those of the table that stand there too
in_pages() {
    in_man "$top/man/$1"
    case $1 in trawl-download.1 | trawl-crawl.1 | trawl-gather.1) ;; *) return ;; esac
    in_man "$top/man/trawl-fetch.1" | sort - "$scratch/table" | uniq -d
}

# in_bash: what one command is completed to when no argument is asked for
in_bash() {
    "$trawl" --completion bash | sed -n "/^    $1)\$/,/^        esac/s/^        \\*) words='\\(.*\\)' ;;/\\1/p" |
        tr ' ' '\n' | awk '
        /^--/ { names[++n] = substr($0, 3); next }
        /^-/ { names[n] = names[n] " " substr($0, 2) }
        END { for (i = 1; i <= n; i++) print names[i] }' | sort
}

# in_zsh COMMAND: the lines of its _arguments
in_zsh() {
    "$trawl" --completion zsh | awk -v name="$1" '
        name == "trawl" { if (/case \$state/) exit; print; next }
        $1 == name ")" || $1 == name "\)" { on = 1 }
        on && /;;/ { exit }
        on { print }' | sed -nE \
        -e "s/^ *'\\*'\\{-(.)\\+?,--([^=}]*)=?\\}'.*/\\2 \\1/p" \
        -e "s/^ *'\\*--([^=[]*)=?\\[.*/\\1/p" | sort
}

points=0
failures=0

# same NAME WANTED FOUND: compares two files of scratch
same() {
    points=$((points + 1))
    if [ -s "$scratch/$2" ] && cmp -s "$scratch/$2" "$scratch/$3"; then
        echo "ok $points - $1"
    else
        failures=$((failures + 1))
        echo "not ok $points - $1"
        diff "$scratch/$2" "$scratch/$3" | sed 's/^/# /'
    fi
}

# compare COMMAND PAGE CONDITION HELP-ARGUMENT...: all prints of one table
compare() {
    name=$1 page=$2 condition=$3
    shift 3
    in_table "$condition" >"$scratch/table"
    in_help "$@" >"$scratch/help"
    in_pages "$page" >"$scratch/man"
    in_bash "$( [ "$name" = trawl ] && echo "''" || echo "$name")" >"$scratch/bash"
    in_zsh "$name" >"$scratch/zsh"
    same "$name: --help names every option and no other" table help
    sort -u -o "$scratch/man" "$scratch/man"
    same "$name: $page describes every option and no other" table man
    same "$name: bash completes every option and no other" table bash
    same "$name: zsh completes every option and no other" table zsh
}

compare trawl trawl.1 __fish_use_subcommand --help
compare fetch trawl-fetch.1 '__fish_seen_subcommand_from fetch' fetch --help
compare download trawl-download.1 '__fish_seen_subcommand_from download' download --help
compare crawl trawl-crawl.1 '__fish_seen_subcommand_from crawl' crawl --help
compare gather trawl-gather.1 '__fish_seen_subcommand_from gather' gather --help

# The fields of the record, and the types of errors, as the schema has them
sed -n '/"\$defs"/,$d; s/^    "\([a-z0-9_]*\)": {$/\1/p' \
    "$top/contrib/schema/record.schema.json" | sort >"$scratch/schema"
{
    sed -n '/^\.Sh RECORDS/,/^\.Sh ERROR/s/^\.It Cm //p' "$top/man/trawl-fetch.1"
    sed -n '/^\.Sh RECORDS/,/^\.El/s/^\.It Cm //p' "$top/man/trawl-download.1" \
        "$top/man/trawl-crawl.1"
} | sort >"$scratch/fields"
same "the pages describe every field of the record" schema fields
sed -n '/"enum": \[$/,/\]/p' "$top/contrib/schema/record.schema.json" |
    grep -oE '"[a-z_]+"' | tr -d '"' | grep -v '^enum$' | sort >"$scratch/schema"
{
    sed -n '/^\.Sh ERROR TYPES/,/^\.Sh WRITE/s/^\.It Cm \([a-z_]*\).*/\1/p' \
        "$top/man/trawl-fetch.1"
    sed -n '/types of errors/,/^\.El/s/^\.It Cm //p' "$top/man/trawl-download.1" \
        "$top/man/trawl-crawl.1"
} | sort >"$scratch/types"
same "the pages describe every type of error" schema types


# The names of -w, as the source has them
sed -nE 's/^    (NAME\(|\{")([a-z_]+)(\)|").*/\2/p' "$top/src/output/write_out_names.c" |
    sort >"$scratch/source"
sed -n '/^\.Sh WRITE-OUT/,/^\.Sh SUMMARY/s/^\.\(It \)\{0,1\}Cm //p' \
    "$top/man/trawl-fetch.1" | tr ' ' '\n' | grep -E '^[a-z_]+$' | sort -u >"$scratch/names"
same "trawl-fetch.1 describes every name of --write-out" source names

echo "1..$points"
[ "$failures" = 0 ]

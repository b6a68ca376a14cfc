#!/bin/sh
# shape.sh [TREE] - is the source tree in the shape that its design asks for?
#
# Each check below prints what is wrong, a line each, and nothing when all is well.
# They are run on the tree, and then on a small bad tree, where each must speak.
# shellcheck disable=SC2016 # the $ are awk's
set -u
export LC_ALL=C

# includes_down: a quoted include names a folder of a lower level, or its own
includes_down() {
    find src -name '*.[ch]' | sort | xargs awk '
        BEGIN {
            level["base"] = 0; level["async"] = 1; level["http"] = 2
            level["input"] = level["output"] = level["disk"] = level["markup"] = 3
            level["run"] = 4
            level["fetch"] = level["download"] = level["crawl"] = level["gather"] = 5
            level["cli"] = 6; level["main"] = 7
        }
        FNR == 1 {
            parts = split(FILENAME, path, "/")
            from = parts > 2 ? path[2] : "main"
            if (!(from in level))
                print FILENAME ": a folder that no level is known for"
        }
        /^[ \t]*#[ \t]*include[ \t]*"/ {
            split($0, quoted, "\"")
            if (quoted[2] == "config.h")
                next
            to = quoted[2]
            if (!sub("/.*", "", to) || !(to in level))
                print FILENAME ":" FNR ": \"" quoted[2] "\" does not begin with a folder of src"
            else if (to != from && level[to] >= level[from])
                print FILENAME ":" FNR ": " from " includes " quoted[2]
        }'
}

# found_outside REGEX FILE-REGEX: lines that match, in files of src that do not
found_outside() {
    find src -name '*.[ch]' | sort | grep -Ev "^src/($2)\$" |
        xargs grep -nE "$1" /dev/null
}

curl_in_http() {
    found_outside '#[ 	]*include[ 	]*<curl/' 'http/[^/]*\.c|http/client_internal\.h|base/url\.c'
}

ev_in_loop() {
    found_outside '#[ 	]*include[ 	]*[<"]ev(\+\+)?\.h' 'async/loop\.c'
}

switch_in_context() {
    found_outside '((make|swap|get|set)context|(set|long)jmp)[ 	]*\(|ucontext\.h|__asm__|_switch_fiber' \
        'async/context\.c'
}

# longer_than LINES FIND-ARGUMENTS: files of more lines
longer_than() {
    limit=$1
    shift
    find src contrib "$@" | sort | while read -r file; do
        lines=$(wc -l <"$file")
        [ "$lines" -le "$limit" ] || echo "$file: $lines lines, at most $limit"
    done
}

short_sources() {
    longer_than 600 -name '*.c'
}

short_headers() {
    longer_than 200 -name '*.h'
}

# A body starts with { and ends with }, each alone in column 0.
short_functions() {
    find src contrib -name '*.[ch]' | sort | xargs awk -v limit=100 '
        FNR == 1 { start = 0 }
        /^{/ { start = FNR; name = before }
        /^}/ && start {
            if (FNR - start + 1 > limit)
                print FILENAME ":" start ": " FNR - start + 1 " lines, at most " limit ": " name
            start = 0
        }
        /^[A-Za-z_].*\(/ { before = $0 }'
}

# Each file that is written by hand, or a folder above it, is a word of Makefile.am;
# a program may stand there without .c.
all_listed() {
    find src tests contrib man -path tests/root -prune -o -type f \
        \( -name '*.[ch]' -o -name '*.py' -o -name '*.sh' -o -name '*.[1-8]' \
        -o -name '*.json' -o -name '*.conf' \) -print | sort |
        awk '
        FNR == NR {
            for (i = 1; i <= NF; i++)
                word[$i] = 1
            next
        }
        {
            name = $0
            sub(/\.c$/, "", name)
            if ($0 in word || (name != $0 && $0 !~ /^src\// && name in word))
                next
            while (sub("/[^/]*$", "", name))
                if (index(name, "/") && name in word)
                    next
            print $0 ": not in Makefile.am"
        }' Makefile.am -
}

checks='includes_down curl_in_http ev_in_loop switch_in_context short_sources
short_headers short_functions all_listed'

# A tree where each check has exactly one thing to say; prints the check's name,
# then what it has to find.
bad_tree() {
    mkdir -p src/base src/async src/http src/input tests contrib man
    echo '#include "async/task.h"' >src/base/up.c
    echo '#include "output/record.h"' >src/input/aside.c
    echo '#include <curl/curl.h>' >src/http/client.h
    echo '#include <ev.h>' >src/http/drive.c
    echo 'void f(void) { swapcontext(a, b); }' >src/async/task.c
    yes '/* */' | head -n 601 >src/async/long.c
    yes '/* */' | head -n 201 >src/async/long.h
    { echo 'int f(void)'; echo '{'; yes '    g();' | head -n 99; echo '}'; } >src/base/deep.c
    touch src/base/lost.c tests/check_kept.c
    find src -name '*.[ch]' ! -name lost.c >Makefile.am
    echo 'x = tests/check_kept' >>Makefile.am
    cat <<'END'
includes_down src/base/up.c
includes_down src/input/aside.c
curl_in_http src/http/client.h
ev_in_loop src/http/drive.c
switch_in_context src/async/task.c
short_sources src/async/long.c
short_headers src/async/long.h
short_functions src/base/deep.c
all_listed src/base/lost.c
END
}

points=0
failures=0

# point NAME COMPLAINTS: passes when there is no complaint
point() {
    points=$((points + 1))
    if [ -z "$2" ]; then
        echo "ok $points - $1"
    else
        failures=$((failures + 1))
        echo "not ok $points - $1"
        echo "$2" | sed 's/^/# /'
    fi
}

# tool_point NAME PROGRAM COMMAND...: passes when COMMAND prints nothing
tool_point() {
    name=$1
    if command -v "$2" >/dev/null; then
        shift 2
        point "$name" "$("$@" 2>&1)"
    else
        points=$((points + 1))
        echo "ok $points - $name # SKIP $2 is missing"
    fi
}

check_scripts() {
    for file in bootstrap .ci/run tests/*.sh contrib/bench/*.sh; do
        [ ! -f "$file" ] || shellcheck "$file"
    done
}

check_man() {
    for file in man/*.[1-8]; do
        [ ! -f "$file" ] || mandoc -T lint -W warning "$file"
    done
}

cd "${1:-${srcdir:-$(dirname "$0")/..}}" || exit 99
for check in $checks; do
    point "$check" "$($check)"
done
tool_point shellcheck shellcheck check_scripts
tool_point mandoc mandoc check_man

scratch=$(mktemp -d) || exit 99
trap 'rm -rf "$scratch"' EXIT
cd "$scratch" || exit 99
bad_tree >expected
for check in $checks; do
    # The words of a complaint but the first, a file and perhaps a line, do not count.
    said=$($check | sed 's/:.*//')
    wanted=$(sed -n "s/^$check //p" expected)
    [ "$said" = "$wanted" ] && complaint= ||
        complaint="found: $said; there is: $wanted"
    point "$check sees what is bad" "$complaint"
done

echo "1..$points"
[ "$failures" = 0 ]

#!/usr/bin/env python3
"""The command line: help, mistakes and how they are told, completion, man pages."""

import contextlib
import fcntl
import glob
import os
import pty
import re
import struct
import subprocess
import termios

import harness
from harness import check, contains, fetch, need, same, tmp, trawl, write
from servers import fixed

COMMON = """
    --header --user-agent --user --cookie --proxy --insecure --cacert --cert --key
    --http1.1 --http2 --resolve --connect-to --netrc --max-redirs --max-time
    --connect-timeout --stall-timeout --deadline --retry --retry-delay
    --retry-max-delay --retry-max-time --retry-all-errors --backoff --concurrency
    --per-host --rate --host-delay --limit-rate --max-size --accept-status
    --deny-private --state --dry-run --format --output --progress --color --summary
    --input --fail-fast --help""".split()
COMMANDS = {
    "fetch": COMMON + """--request --data --json --glob --ordered --body --headers
        --redirects --write-out""".split(),
    "download": COMMON + """--checksum --directory --name --content-disposition
        --if-exists --timestamping --no-mtime --split --no-resume --no-sync --hash
        --write-checksums --archive""".split(),
    "crawl": COMMON + """--sitemap --level --scope --include --exclude --max-pages
        --max-per-host --drop-query --page-requisites --no-robots --save --convert-links
        --links --why --check --ignore""".split(),
}
OPTIONS = sorted({option for each in COMMANDS.values() for option in each})


def usage_error(result, *parts):
    """Exit 2, nothing on standard output, the parts in the message."""
    result.exited(2)
    same(result.out, b"", "stdout")
    contains(result.err, *parts)
    check(len(result.err.splitlines()) <= 4, "the message is long")


# --- help and version -------------------------------------------------------------

def test_help():
    """--help and -h of trawl and each command: on stdout, within 80 columns, 64 lines"""
    for args in (*((c, o) for c in COMMANDS for o in ("--help", "-h")), ("--help",), ("-h",)):
        result = trawl(*args).exited(0)
        same(result.err, "", "stderr")
        text = result.out.decode().splitlines()
        check(5 <= len(text) <= 64, f"{len(text)} lines")
        wide = [line for line in text if len(line) > 80]
        check(not wide, f"too wide: {wide[:2]}")


def test_help_names_commands():
    """--help names the commands and what they do"""
    contains(trawl("--help").out.decode(), *(f"\n  {name} " for name in COMMANDS))


def test_help_names_options():
    """--help of each command names every option"""
    for command, options in COMMANDS.items():
        text = trawl(command, "--help").out.decode()
        missing = [o for o in options if not re.search(re.escape(o) + r"\b", text)]
        same(missing, [], f"missing in {command}")


def test_version():
    """--version and -V"""
    for option in ("--version", "-V"):
        contains(trawl(option).exited(0).out.decode(), "trawl ", "libcurl")


def test_help_to_full_disk():
    """--help to /dev/full is a local failure"""
    with open("/dev/full", "wb") as full:
        trawl("--help", stdout=full.fileno()).exited(3)


# --- mistakes ---------------------------------------------------------------------

def test_nothing():
    """trawl alone: usage on standard error"""
    result = trawl().exited(2)
    same(result.out, b"", "stdout")
    contains(result.err, "fetch", "--help")


def test_no_input_on_terminal():
    """fetch with nothing named and a terminal as standard input: usage"""
    ours, theirs = pty.openpty()
    result = fetch(stdin=theirs).exited(2)
    os.close(ours)
    os.close(theirs)
    same(result.out, b"", "stdout")
    contains(result.err, "--help")


def test_unknown_option():
    """an unknown option suggests the near one"""
    for wrong, right in (("--max-tme", "--max-time"), ("--retrry", "--retry"),
                         ("--ordred", "--ordered"), ("--per-hosts", "--per-host")):
        usage_error(fetch(wrong, "3", "http://127.0.0.1/"), wrong, right)


def test_unknown_option_far():
    """an option like none: no far-fetched suggestion"""
    result = fetch("--xyzzyplugh", "http://127.0.0.1/").exited(2)
    contains(result.err, "--xyzzyplugh")
    check("mean" not in result.err, "a suggestion")


def test_unknown_short_option():
    """an unknown short option"""
    usage_error(fetch("-Z", "http://127.0.0.1/"), "-Z")


def test_unknown_command():
    """an unknown command suggests the near one"""
    usage_error(trawl("fech", "http://127.0.0.1/"), "fech", "fetch")


def test_missing_argument():
    """an option without its value"""
    for option in ("--max-time", "-j", "-o", "--retry", "-H"):
        usage_error(trawl("fetch", "http://127.0.0.1/", option), option)


def test_superfluous_argument():
    """a value for an option that takes none"""
    usage_error(trawl("fetch", "--ordered=yes", "http://127.0.0.1/"), "--ordered")


WRONG = (
    ("--concurrency", "0"), ("--concurrency", "x"), ("--concurrency", "-1"),
    ("--concurrency", "1x"), ("--concurrency", "99999999999999999999"),
    ("--concurrency", ""), ("--per-host", "0"), ("--per-host", "many"),
    ("--retry", "x"), ("--retry", "-1"), ("--retry-delay", "soon"),
    ("--retry-max-delay", "-1"), ("--retry-max-time", "x"), ("--max-time", "-1"),
    ("--max-time", "nan"), ("--max-time", "x"), ("--connect-timeout", "x"),
    ("--stall-timeout", "x"), ("--deadline", "x"), ("--backoff", "quadratic"),
    ("--rate", "fast"), ("--rate", "-1/s"), ("--host-delay", "x"),
    ("--limit-rate", "x"), ("--max-size", "1q"), ("--max-size", "-1"),
    ("--accept-status", "abc"), ("--accept-status", "500-400"),
    ("--accept-status", "200,,"), ("--accept-status", "99999"), ("--format", "xml"),
    ("--progress", "sometimes"), ("--color", "blue"), ("--max-redirs", "x"),
    ("--resolve", "nonsense"), ("--resolve", "foo:80:999.1.1.1"), ("--connect-to", "x"),
    ("--proxy", "ht tp://"), ("--proxy", "file:///etc/passwd"), ("--header", "no colon"),
    ("--header", "X-A: 1\r\nX-B: 2"), ("--request", "A B"), ("--json", "{broken"))


def test_wrong_values():
    """wrong values: the message names option and value, nothing is sent"""
    server = fixed()
    for option, value in WRONG:
        result = trawl("fetch", option, value, server.url)
        same((option, value, result.status), (option, value, 2), "exit status")
        contains(result.err, option)
        contains(result.err, value.split("\r")[0])
        same(result.out, b"", "stdout")
    same(server.hits, [], "requests")


WRONG_DOWNLOADS = (
    ("--split", "0"), ("--split", "65"), ("--split", "x"), ("--if-exists", "perhaps"),
    ("--name", "{nothing}"), ("--name", "{host"), ("--checksum", "/nowhere"),
    ("--input", "/nowhere"), ("--header", "Range: bytes=1-"), ("--header", "if-range: x"))


def test_wrong_downloads():
    """wrong values of download's options: told, exit 2, nothing is made or sent"""
    server, where = fixed(), os.path.join(tmp(), "new")
    for option, value in WRONG_DOWNLOADS:
        result = trawl("download", "-d", where, option, value, server.url).exited(2)
        contains(result.err, option, value)
        same(result.out, b"", "stdout")
    for option in ("--directory", "--output", "--archive", "--write-checksums"):
        usage_error(trawl("download", option, "", server.url), option)
    same((server.hits, os.path.exists(where)), ([], False), "requests, directory")


def test_downloads_at_odds():
    """options of download that do not go together"""
    url, some = fixed().url, write("", "list")
    for args in (["-o", "x", url, url], ["-o", "x", "-i", some], ["-o", "x"],
                 ["-o", "x", "--name", "{host}", url], ["-o", "-", url],
                 ["--name", "x", "--content-disposition", url],
                 ["-N", "--if-exists", "overwrite", url], ["-i", "-", "-", url],
                 ["--archive", some, "-i", some],
                 ["--checksum", write(""), "--checksum", some, "--archive", some, url]):
        usage_error(trawl("download", "-d", tmp(), *args), "trawl download: ")


def test_head_with_body():
    """-X HEAD with a body is refused before anything is sent"""
    server = fixed()
    for option in ("-d", "--json"):
        usage_error(trawl("fetch", "-X", "HEAD", option, "1", server.url), "HEAD", "-d")
    same(server.hits, [], "requests")


def test_wrong_short_value():
    """a wrong value of a short option"""
    usage_error(trawl("fetch", "-j", "none", "http://127.0.0.1/"), "none")


def test_choices_told():
    """a wrong word: the message lists the right ones"""
    usage_error(trawl("fetch", "--backoff", "x", "http://127.0.0.1/"),
                "exponential", "linear", "constant")


def test_hostile_option_text():
    """control characters of a wrong option do not reach the terminal"""
    result = trawl("fetch", "--\x1b[31mred", "x").exited(2)
    check("\x1b" not in result.err, "raw escape")


# --- spellings --------------------------------------------------------------------

def test_spellings():
    """--name value, --name=value, -jN, -j N, bundled flags, options after URLs"""
    url = fixed().url
    for args in (["--concurrency", "5", url], ["--concurrency=5", url], ["-j5", url],
                 ["-j", "5", url], ["-kv", url], [url, "-j", "5"], ["-k4", url],
                 ["-Aagent", url], ["--max-time=5", "--", url]):
        fetch(*args).ok(1)


def test_double_dash():
    """after -- nothing is an option"""
    result = fetch("--", "--ordered").exited(1)
    same(result.record["url"], "--ordered", "url")


def test_good_values():
    """values in the spellings that the manual promises"""
    url = fixed().url
    for option, value in (
            ("--max-time", "2.5"), ("--max-time", "500ms"), ("--max-time", "1m"),
            ("--rate", "100/s"), ("--rate", "1000"), ("--rate", "60000/m"),
            ("--limit-rate", "1M"), ("--max-size", "10k"), ("--max-size", "10K"),
            ("--accept-status", "200-299,304,404"), ("--accept-status", "200"),
            ("--retry", "0"), ("--max-redirs", "0"), ("--backoff", "linear"),
            ("--progress", "never"), ("--color", "auto"), ("--deadline", "30")):
        trawl("fetch", option, value, url).ok(1)


def test_last_wins():
    """an option given twice: the last one counts"""
    server = fixed()
    fetch("-4", "-6", "-4", "-A", "one", "-A", "two", server.url).ok(1)
    same(server.requests[0]["User-Agent"], "two", "User-Agent")


# --- completion -------------------------------------------------------------------

def completion(shell):
    text = trawl("--completion", shell).exited(0).out.decode()
    contains(text, "max-time", "fetch")
    return text


def test_completion_parses():
    """completions are accepted by their shells, where these are installed"""
    for shell in ("bash", "zsh", "fish"):
        path = write(completion(shell), "completion")
        program = harness.shutil.which(shell)
        if program:
            done = subprocess.run([program, "-n", path], capture_output=True, text=True,
                                  check=False)
            same((done.returncode, done.stderr), (0, ""), shell)


def test_completion_complete():
    """completions know every option"""
    for shell in ("bash", "zsh", "fish"):
        text = completion(shell)
        missing = [o for o in OPTIONS if o[2:] not in text]
        same(missing, [], shell)


def complete(*words):
    """What bash offers for the last word."""
    script = ('source "$1"; shift; spec=$(complete -p trawl); '
              '[[ $spec =~ -F\\ ([^ ]+) ]]; COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); '
              'COMP_LINE="$*"; COMP_POINT=${#COMP_LINE}; '
              '"${BASH_REMATCH[1]}" trawl "${@: -1}" "${@: -2:1}"; '
              'printf "%s\\n" "${COMPREPLY[@]}"')
    done = subprocess.run([need("bash"), "--norc", "-c", script, "bash",
                           write(completion("bash"), "c"), *words],
                          capture_output=True, text=True, check=False)
    same(done.stderr, "", "stderr of bash")
    return [w.strip() for w in done.stdout.split("\n") if w.strip()]


def test_completion_bash_works():
    """bash completes commands, options and the words of an option"""
    contains(complete("trawl", "fe"), "fetch")
    contains(complete("trawl", "fetch", "--max-t"), "--max-time")
    same(sorted(complete("trawl", "download", "--if-exists", "")),
         ["fail", "overwrite", "rename", "skip"], "words")
    same(sorted(complete("trawl", "fetch", "--backoff", "")),
         ["constant", "exponential", "linear"], "words")


def test_completion_zsh_loads():
    """zsh: completion can be sourced, and be a file that is autoloaded"""
    zsh, path = need("zsh"), write(completion("zsh"), "_trawl")
    for load in (f"source {path}", f"fpath+=({os.path.dirname(path)}); compinit -u -D"):
        script = f"autoload -Uz compinit; compinit -u -D; {load}; print $_comps[trawl]"
        done = subprocess.run([zsh, "-f", "-c", script], capture_output=True, text=True,
                              env=harness.environment(), check=False)
        same((done.stdout, done.stderr), ("_trawl\n", ""), load)


STARTS = {  # what is typed first; {script} is the completion, {out} for the arguments
    "bash": """PS1='READY> '; source {script}
        trawl() {{ printf '%s\\n' "$@" >{out}; exit; }}""",
    "zsh": """PS1='READY> '; autoload -Uz compinit; compinit -u -D; source {script}
        trawl() {{ print -l -- "$@" >{out}; exit }}""",
    "fish": """source {script}; function fish_prompt; echo 'READY> '; end
        function trawl; printf '%s\\n' $argv >{out}; exit; end"""}


def read_until(fd, end):
    seen = b""
    with contextlib.suppress(OSError):  # at the end of a terminal
        while end not in seen and (data := os.read(fd, 4096)):
            seen += data
    return seen


def typed(shell, keys, where):
    """The arguments that trawl gets from what is typed into an interactive shell."""
    out, script = os.path.join(where, "out"), write(completion(shell), "completion")
    start = write(STARTS[shell].format(script=script, out=out) + "\n", ".zshrc")
    command = {"bash": ["--noprofile", "--rcfile", start, "-i"], "zsh": ["-d", "-i"],
               "fish": ["--no-config", "-C", f"source {start}", "-i"]}[shell]
    ours, theirs = pty.openpty()
    fcntl.ioctl(ours, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    process = subprocess.Popen(
        [need("setsid"), "--ctty", need(shell), *command], cwd=where, stdin=theirs,
        stdout=theirs, stderr=theirs,
        env=harness.environment({"ZDOTDIR": os.path.dirname(start)}))
    harness.defer(process.kill)
    os.close(theirs)
    screen = read_until(ours, b"READY> ")
    os.write(ours, keys.encode() + b"\r")
    screen += read_until(ours, b"no such line")
    process.wait()
    os.close(ours)
    check(os.path.exists(out), f"the screen of {shell}: {screen}")
    return harness.read(out).decode().split("\n")[:-1]


def completes(shell):
    """Typed with tabs: a command, options, the words of one, a directory, files."""
    where = tmp()
    os.mkdir(os.path.join(where, "folder"))
    for name in ("file.txt", "flat"):
        os.close(os.open(os.path.join(where, name), os.O_CREAT))
    words = typed(shell, "trawl dow\t --if-exists ov\t -d f\t --check\t fi\t --times\t u",
                  where)
    same([word.rstrip("/") for word in words],
         ["download", "--if-exists", "overwrite", "-d", "folder", "--checksum", "file.txt",
          "--timestamping", "u"], "arguments")


def test_completion_typed_bash():
    """bash completes a download as it is typed"""
    completes("bash")


def test_completion_typed_zsh():
    """zsh completes a download as it is typed"""
    completes("zsh")


def test_completion_typed_fish():
    """fish completes a download as it is typed"""
    completes("fish")


def test_completion_unknown():
    """--completion of an unknown shell"""
    usage_error(trawl("--completion", "tcsh"), "tcsh", "bash", "zsh", "fish")


# --- man pages --------------------------------------------------------------------

def man_pages():
    pages = sorted(glob.glob(os.path.join(harness.TOP, "man", "*.1")))
    names = {os.path.basename(p) for p in pages}
    check({"trawl.1", *(f"trawl-{c}.1" for c in COMMANDS)} <= names, f"man pages: {names}")
    return pages


def test_man_lint():
    """mandoc has nothing to say about the man pages"""
    mandoc = need("mandoc")
    for page in man_pages():
        done = subprocess.run([mandoc, "-T", "lint", "-W", "warning", page],
                              capture_output=True, text=True, check=False)
        same(done.stdout + done.stderr, "", os.path.basename(page))


def test_man_complete():
    """the man pages describe every option"""
    mandoc, pages = need("mandoc"), man_pages()
    text = "".join(subprocess.run([mandoc, "-T", "ascii", page], capture_output=True,
                                  text=True, check=False).stdout for page in pages)
    text = re.sub(r".\x08", "", text)
    missing = [o for o in OPTIONS if o not in text]
    same(missing, [], "missing")


def test_man_error_types():
    """the man page names every type of error"""
    text = "".join(harness.read(page).decode() for page in man_pages())
    same([t for t in sorted(harness.ERROR_TYPES) if t not in text], [], "missing")


if __name__ == "__main__":
    harness.main()

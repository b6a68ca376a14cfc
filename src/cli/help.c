#include "cli/help.h"

#include <openssl/crypto.h>
#include <sqlite3.h>

#include "http/version.h"

enum { TEXT_COLUMN = 28 };

static const char *const group_titles[OPTION_GROUPS] = {
    [GROUP_INPUT] = "Input",   [GROUP_SCOPE] = "Scope",
    [GROUP_FILES] = "Files",   [GROUP_REQUEST] = "Requests",
    [GROUP_OUTPUT] = "Output", [GROUP_OUTCOME] = "Outcome",
    [GROUP_PACE] = "Pace",     [GROUP_TIME] = "Time limits",
    [GROUP_RETRY] = "Retries", [GROUP_NETWORK] = "Network",
    [GROUP_TLS] = "TLS",       [GROUP_OTHER] = "Other",
};

static void append_names(struct buf *out, const struct option *o)
{
    if (o->letter)
        buf_appendf(out, "-%c, ", o->letter);
    buf_appendf(out, "--%s", o->name);
    if (o->metavar)
        buf_appendf(out, " %s", o->metavar);
}

/* A row and those that are joined to it: their names, then what they do. */
static void append_row(struct buf *out, const struct option *o)
{
    size_t start = out->len;

    buf_append_str(out, "  ");
    append_names(out, o);
    for (const struct option *next = o + 1; next->name && next->joined; next++) {
        buf_append_str(out, ", ");
        append_names(out, next);
    }
    buf_append_str(out, "  ");
    while (out->len - start < TEXT_COLUMN)
        buf_append_char(out, ' ');
    buf_append_str(out, o->help);
    for (const struct option *next = o + 1; next->name && next->joined; next++)
        buf_appendf(out, "; %s", next->help);
    buf_append_char(out, '\n');
}

static void append_group(struct buf *out, option_tables tables, enum option_group group)
{
    struct option_iter it = {0};
    const struct option *o;
    bool begun = false;

    while ((o = option_next(tables, &it))) {
        if (o->group != group || o->joined)
            continue;
        if (!begun)
            buf_appendf(out, "%s:\n", group_titles[group]);
        begun = true;
        append_row(out, o);
    }
}

void help_append_usage(struct buf *out, const struct command *command)
{
    buf_appendf(out, "usage: trawl %s %s\n", command->name, command->arguments);
}

void help_append_command(struct buf *out, const struct command *command)
{
    help_append_usage(out, command);
    buf_appendf(out, "%s.\n", command->summary);
    for (enum option_group g = 0; g < OPTION_GROUPS; g++)
        append_group(out, command->tables, g);
    buf_appendf(out,
                "Times: 30, 0.5, 200ms, 2m. Sizes: 500, 64k, 10M. More: man trawl-%s\n",
                command->name);
}

void help_append_main(struct buf *out)
{
    struct option_iter it = {0};
    const struct option *o;

    buf_append_str(out, "usage: trawl COMMAND [OPTION]... [ARGUMENT]...\n"
                        "An asynchronous HTTP fetcher for the shell.\n\n"
                        "Commands:\n");
    for (size_t i = 0; commands[i]; i++)
        buf_appendf(out, "  %-12s%s\n", commands[i]->name, commands[i]->summary);
    buf_append_str(out, "\nOptions:\n");
    while ((o = option_next(main_tables, &it)))
        append_row(out, o);
    buf_append_str(out,
                   "\nFor example:\n"
                   "  trawl fetch https://example.com/\n"
                   "  trawl fetch -i urls.txt | jq -r 'select(.ok | not) | .url'\n"
                   "  trawl download -i urls.txt -d out --checksum SHA256SUMS\n"
                   "  trawl crawl https://example.com/ --scope prefix -l inf\n"
                   "  trawl gather spec.json | jq .\n"
                   "\n'trawl help COMMAND' lists the options of a command; 'man trawl'"
                   " says more.\n");
}

void help_append_version(struct buf *out)
{
    buf_append_str(out, "trawl " PACKAGE_VERSION "\n");
    buf_appendf(out, "libcurl %s, %s, SQLite %s\n", http_library_version(),
                OpenSSL_version(OPENSSL_VERSION), sqlite3_libversion());
    buf_appendf(out, "features:%s%s%s\n", http_library_has_http2() ? " http2" : "",
#ifdef HAVE_BROTLI
                " brotli",
#else
                "",
#endif
#ifdef HAVE_ZSTD
                " zstd"
#else
                ""
#endif
    );
}

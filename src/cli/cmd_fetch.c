/* cmd_fetch.c - the command line of `trawl fetch`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/glob.h"
#include "base/json.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/content.h"
#include "cli/help.h"
#include "cli/list.h"
#include "cli/parse.h"
#include "cli/setters.h"
#include "fetch/fetch.h"

struct fetch_command {
    struct common_options common; /* first: the rows of common_rows point into it */
    const char *input, *method, *write_out;
    string_list data, json;
    bool glob, ordered, fail_fast, body, headers, redirects;

    string_list urls;
    struct buf content; /* of -d or --json, read */
    struct buf write_out_text;
    struct write_out *compiled; /* of -w */
};

#define AT(field) .offset = offsetof(struct fetch_command, field)

/* clang-format off */
static const struct option fetch_rows[] = {
    {"input", 'i', "FILE", GROUP_INPUT, "read URLs or JSON requests from FILE, one a line",
     set_input_file, AT(input), .min = 1, .hint = HINT_FILE},
    {"glob", 0, NULL, GROUP_INPUT, "expand [1-100] and {a,b} in arguments",
     option_true, AT(glob)},

    {"request", 'X', "METHOD", GROUP_REQUEST, "ask with METHOD [GET; POST with a body]",
     set_method, AT(method)},
    {"data", 'd', "DATA", GROUP_REQUEST, "send DATA or @FILE as the body; several: a&b",
     option_list, AT(data), .list = true},
    {"json", 0, "DATA", GROUP_REQUEST, "send DATA or @FILE as JSON",
     option_list, AT(json), .list = true},

    {"body", 0, NULL, GROUP_OUTPUT, "add the body",
     option_true, AT(body)},
    {"headers", 0, NULL, GROUP_OUTPUT, "all headers",
     option_true, AT(headers), .joined = true},
    {"redirects", 0, NULL, GROUP_OUTPUT, "each redirect",
     option_true, AT(redirects), .joined = true},
    {"write-out", 'w', "FORMAT", GROUP_OUTPUT, "lines of your own: '%{url} %{time_total}\\n'",
     option_string, AT(write_out)},
    {"ordered", 0, NULL, GROUP_OUTPUT, "records in the order of the input",
     option_true, AT(ordered)},

    {"fail-fast", 0, NULL, GROUP_OUTCOME, "cancel the rest at the first failure",
     option_true, AT(fail_fast)},
    {0},
};
/* clang-format on */

/* Two readers of standard input would each get a part of it. */
static int check_stdin(const struct fetch_command *f, struct buf *why)
{
    const char *first = NULL, *second = NULL;
    bool none = !f->urls && !f->input;

#define USE(condition, name)                                                           \
    if (condition)                                                                     \
    *(first ? &second : &first) = (name)

    for (size_t i = 0; f->data && f->data[i]; i++)
        USE(content_is_stdin(f->data[i]), "the body (-d @-)");
    for (size_t i = 0; f->json && f->json[i]; i++)
        USE(content_is_stdin(f->json[i]), "the body (--json @-)");
    USE(content_is_stdin(f->write_out), "the format (-w @-)");
    USE(list_is_stdin(f->input), "the input (-i -)");
    for (size_t i = 0; f->urls && f->urls[i]; i++)
        USE(list_is_stdin(f->urls[i]), "the input (-)");
    USE(first && none, "the input");
#undef USE
    if (!second)
        return 0;
    buf_appendf(why,
                "standard input cannot be both %s and %s; "
                "%s",
                first, second,
                none ? "give URLs as arguments, or a file with -i FILE"
                     : "put one of them in a file");
    return -EINVAL;
}

static int check_files(const struct fetch_command *f, struct buf *why)
{
    const struct named_file files[] = {
        {"--input", f->input},
        {"--output", f->common.output},
        {"--summary", f->common.summary},
        {"--state", f->common.state},
    };

    return content_check_files(files, ARRAY_LEN(files), why);
}

static int check_glob(const char *pattern, struct buf *why)
{
    const char *wrong;
    size_t column;
    struct glob *glob = glob_new(pattern, &wrong, &column);

    if (!glob)
        return option_wrong(why, pattern, "is not a pattern: %s at column %zu", wrong,
                            column);
    glob_free(glob);
    return 0;
}

static int check_globs(const struct fetch_command *f, struct buf *why)
{
    for (size_t i = 0; f->glob && f->urls[i]; i++)
        if (strcmp(f->urls[i], "-") && check_glob(f->urls[i], why) < 0)
            return -EINVAL;
    return 0;
}

static int check_together(const struct fetch_command *f, struct buf *why)
{
    if (f->data && f->json)
        buf_append_str(why, "-d and --json do not go together");
    else if (f->method && !strcmp(f->method, "HEAD") && (f->data || f->json))
        buf_append_str(why,
                       "-X HEAD sends no body, so it goes with neither -d nor --json");
    else if (f->write_out && f->common.format != FORMAT_AUTO)
        buf_append_str(why, "-w and --format do not go together");
    else if (f->glob && !f->urls)
        buf_append_str(why, "--glob expands arguments, and there is none");
    else
        return 0;
    return -EINVAL;
}

static int read_content(struct buf *out, const char *option, const char *arg,
                        struct buf *why)
{
    struct buf reason = BUF_INIT;
    int r = content_read(out, arg, &reason);

    if (r < 0)
        buf_appendf(why, "option %s: %s", option, reason.data);
    buf_clear(&reason);
    return r;
}

/* Bytes as they are; several -d are joined by & as parts of a form, several --json by
 * nothing. */
static int read_body(struct fetch_command *f, struct buf *why)
{
    string_list parts = f->json ? f->json : f->data;

    for (size_t i = 0; parts && parts[i]; i++) {
        if (i && !f->json)
            buf_append_char(&f->content, '&');
        if (read_content(&f->content, f->json ? "--json" : "--data", parts[i], why) < 0)
            return -EINVAL;
    }
    return 0;
}

/* What is not JSON would be refused by every server, one after the other. */
static int check_json(const struct fetch_command *f, struct buf *why)
{
    size_t where;
    int r;

    if (!f->json)
        return 0;
    r = json_compact(NULL, (struct slice){f->content.data, f->content.len}, &where);
    if (!r)
        return 0;
    buf_append_str(why, "option --json: ");
    if (r == -ERANGE)
        return option_wrong(why, f->json[0], "is nested deeper than %d",
                            JSON_MAX_DEPTH);
    return option_wrong(why, f->json[0], "%sis not JSON: byte %zu is wrong",
                        f->json[1] ? "and what follows " : "", where + 1);
}

static int read_write_out(struct fetch_command *f, struct buf *why)
{
    char *wrong = NULL;

    if (!f->write_out)
        return 0;
    if (read_content(&f->write_out_text, "--write-out", f->write_out, why) < 0)
        return -EINVAL;
    f->compiled =
        write_out_new(f->write_out_text.data ? f->write_out_text.data : "", &wrong);
    if (f->compiled)
        return 0;
    buf_append_str(why, "option --write-out: ");
    str_append_printable(why, wrong, strlen(wrong));
    free(wrong);
    return -EINVAL;
}

static void fill_source(const struct fetch_command *f, struct source_config *source)
{
    bool body = f->data || f->json;

    source->urls = f->urls;
    source->file = f->input;
    source->glob = f->glob;
    source->request.method = f->method;
    source->request.body = !body ? NULL : f->content.data ? f->content.data : "";
    source->request.body_len = f->content.len;
    source->request.json = f->json;
    source->request.headers = f->common.client.headers;
}

static void fill_record(const struct fetch_command *f, struct record_options *record)
{
    if (f->compiled)
        record->format = RECORD_WRITE_OUT;
    record->body = f->body;
    record->headers = f->headers;
    record->redirects = f->redirects;
    record->write_out = f->compiled;
}

static int fetch(const struct fetch_command *f)
{
    struct run_options o = {.ordered = f->ordered, .fail_fast = f->fail_fast};

    common_fill_run(&f->common, &o);
    fill_source(f, &o.source);
    fill_record(f, &o.record);
    return fetch_run(&o);
}

static int run_parsed(const struct command *self, struct fetch_command *f,
                      struct buf *why)
{
    struct buf help = BUF_INIT;

    if (f->common.help) {
        help_append_command(&help, self);
        return command_print(&help);
    }
    if (common_finish(&f->common, why) < 0 || check_together(f, why) < 0 ||
        check_files(f, why) < 0 || check_globs(f, why) < 0 || check_stdin(f, why) < 0)
        return command_usage_error(self, why);
    if (list_waits_for_nobody(f->urls, f->input))
        return command_without_input(self);
    if (read_body(f, why) < 0 || check_json(f, why) < 0 || read_write_out(f, why) < 0)
        return command_usage_error(self, why);
    return fetch(f);
}

static int run(const struct command *self, const char *const *args)
{
    struct fetch_command f = {0};
    struct buf why = BUF_INIT;
    int status;

    common_init(&f.common);
    if (options_parse(self->tables, &f, args, &f.urls, &why) < 0)
        status = command_usage_error(self, &why);
    else
        status = run_parsed(self, &f, &why);
    write_out_free(f.compiled);
    buf_clear(&f.write_out_text);
    buf_clear(&f.content);
    common_clear(&f.common);
    free((void *)f.urls);
    option_free(self->tables, &f);
    return status;
}

const struct command cmd_fetch = {
    .name = "fetch",
    .arguments = "[OPTION]... [URL]...",
    .summary = "Fetch URLs or JSON requests, many at once: one record for each",
    .tables = (const struct option *const[]){fetch_rows, records_rows, state_rows,
                                             common_rows, NULL},
    .run = run,
};

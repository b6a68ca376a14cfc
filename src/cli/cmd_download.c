/* cmd_download.c - the command line of `trawl download`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/content.h"
#include "cli/help.h"
#include "cli/list.h"
#include "cli/parse.h"
#include "cli/setters.h"
#include "disk/name.h"
#include "download/download.h"
#include "input/request_fields.h"

/* Bytes that are read from the network, and written to the disk, at once: as large as
 * memory bears, by how many exchanges there may be. */
#define MANY_RECEIVE ((size_t)64 << 10)
#define MANY_BLOCK   ((size_t)256 << 10)
#define MANY_WRITES  1u
#define FEW          8u
#define FEW_RECEIVE  ((size_t)512 << 10)
#define FEW_BLOCK    ((size_t)1 << 20)
#define FEW_WRITES   3u

struct download_command {
    struct common_options common; /* first: the rows of common_rows point into it */
    struct download_options o;
    const char *input;
    string_list checksum_files;
    bool fail_fast;

    string_list urls;
    struct checksums *checksums;
};

#define AT(field)   .offset = offsetof(struct download_command, field)
#define AT_O(field) .offset = offsetof(struct download_command, o.field)

static const char *const if_exists_names[] = {"skip", "overwrite", "rename", "fail",
                                              NULL};

/* const char *: what name_expand takes. */
static int set_template(const struct option *o, const char *arg, void *field,
                        struct buf *why)
{
    const char *wrong;
    char *name = name_expand(arg, NULL, 0, &wrong);

    (void)o;
    if (!name)
        return option_wrong(why, arg, "is not a template: %s", wrong);
    free(name);
    *(const char **)field = arg;
    return 0;
}

/* clang-format off */
static const struct option download_rows[] = {
    {"input", 'i', "FILE", GROUP_INPUT, "read URLs, with a name or mirrors, or JSON",
     set_input_file, AT(input), .min = 1, .hint = HINT_FILE},
    {"checksum", 0, "FILE", GROUP_INPUT, "check against SHA256SUMS, SHA512SUMS, ... in FILE",
     option_list, AT(checksum_files), .list = true, .hint = HINT_FILE},

    {"directory", 'd', "DIR", GROUP_FILES, "put files into DIR, which is made [.]",
     option_string, AT_O(directory), .min = 1, .hint = HINT_DIRECTORY},
    {"output", 'o', "NAME", GROUP_FILES, "the name, of a single file",
     option_string, AT_O(name), .min = 1, .hint = HINT_FILE},
    {"name", 0, "TEMPLATE", GROUP_FILES, "names from {host} {path} {basename} {index} {query}",
     set_template, AT_O(template)},
    {"content-disposition", 0, NULL, GROUP_FILES, "names that the server proposes",
     option_true, AT_O(content_disposition)},
    {"if-exists", 0, "HOW", GROUP_FILES, "skip, overwrite, rename, fail [skip]",
     option_enum, AT_O(if_exists), .names = if_exists_names},
    {"timestamping", 'N', NULL, GROUP_FILES, "replace files that changed",
     option_true, AT_O(timestamping)},
    {"no-mtime", 0, NULL, GROUP_FILES, "do not set times",
     option_true, AT_O(no_mtime), .joined = true},
    {"split", 0, "N", GROUP_FILES, "fetch a large file in N ranges at once [1]",
     option_int, AT_O(split), .min = 1, .max = 64},
    {"no-resume", 0, NULL, GROUP_FILES, "begin each file anew",
     option_true, AT_O(no_resume)},
    {"no-sync", 0, NULL, GROUP_FILES, "do not sync to the disk",
     option_true, AT_O(no_sync), .joined = true},

    {"hash", 0, NULL, GROUP_OUTPUT, "add the sha256",
     option_true, AT_O(hash)},
    {"write-checksums", 0, "FILE", GROUP_OUTPUT, "write SHA256SUMS to FILE",
     option_string, AT_O(write_checksums), .min = 1, .hint = HINT_FILE, .joined = true},

    {"archive", 0, "FILE", GROUP_OUTCOME, "list what is done in FILE, for several runs at once",
     option_string, AT_O(archive), .min = 1, .hint = HINT_FILE},
    {"fail-fast", 0, NULL, GROUP_OUTCOME, "cancel the rest at the first failure",
     option_true, AT(fail_fast)},
    {0},
};
/* clang-format on */

/* ---- checks ---- */

static int check_files(const struct download_command *f, struct buf *why)
{
    struct named_file files[] = {
        {"--input", f->input},
        {"--summary", f->common.summary},
        {"--state", f->common.state},
        {"--archive", f->o.archive},
        {"--write-checksums", f->o.write_checksums},
        {"--checksum", NULL},
    };
    string_list sums = f->checksum_files;
    int r = content_check_files(files, ARRAY_LEN(files), why);

    for (; r == 0 && sums && *sums; sums++) {
        files[ARRAY_LEN(files) - 1].path = *sums;
        r = content_check_files(files, ARRAY_LEN(files), why);
    }
    return r;
}

static bool one_url(const struct download_command *f)
{
    return f->urls && !f->urls[1] && !f->input && !list_is_stdin(f->urls[0]);
}

static int check_names(const struct download_command *f, struct buf *why)
{
    if (list_is_stdin(f->o.name))
        buf_append_str(why, "-o names a file: nothing is written to standard output "
                            "but records");
    else if (f->o.name && !one_url(f))
        buf_append_str(why, "-o names a single file: give one URL as the argument, or "
                            "names in the list");
    else if (f->o.name && f->o.template)
        buf_append_str(why, "-o and --name do not go together");
    else if (f->o.content_disposition && (f->o.name || f->o.template))
        buf_append_str(why, "--content-disposition goes with neither -o nor --name");
    else
        return 0;
    return -EINVAL;
}

static int check_existing(const struct download_command *f, struct buf *why)
{
    if (!f->o.timestamping || f->o.if_exists == IF_EXISTS_SKIP)
        return 0;
    buf_append_str(why, "-N and --if-exists do not go together");
    return -EINVAL;
}

static int check_headers(const struct download_command *f, struct buf *why)
{
    for (string_list h = f->common.client.headers; h && *h; h++)
        if (request_fields_header_reserved(*h)) {
            buf_append_str(why, "option --header: ");
            return option_wrong(why, *h, "is set by trawl itself for whole files");
        }
    return 0;
}

static int read_list(struct download_command *f, const char *path, struct buf *why)
{
    struct buf at = BUF_INIT, text = BUF_INIT, wrong = BUF_INIT;
    int r;

    buf_appendf(&at, "@%s", path);
    r = content_read(&text, at.data, &wrong);
    if (r < 0)
        buf_appendf(why, "option --checksum: %s", wrong.data);
    else if ((r = checksums_add(f->checksums, (struct slice){text.data, text.len},
                                &wrong)) < 0)
        buf_appendf(why, "option --checksum: %s: %s", path, wrong.data);
    buf_clear(&at);
    buf_clear(&text);
    buf_clear(&wrong);
    return r;
}

static int read_checksums(struct download_command *f, struct buf *why)
{
    if (!f->checksum_files)
        return 0;
    f->checksums = checksums_new();
    for (string_list path = f->checksum_files; *path; path++)
        if (read_list(f, *path, why) < 0)
            return -EINVAL;
    f->o.checksums = f->checksums;
    return 0;
}

/* ---- running ---- */

static bool few_at_once(const struct download_command *f)
{
    unsigned n = 0;
    bool listed = f->input || !f->urls;

    for (; f->urls && f->urls[n] && n <= FEW; n++)
        listed |= list_is_stdin(f->urls[n]);
    if (listed)
        n = FEW + 1;
    return n * f->o.split <= FEW || f->common.client.limits.total <= FEW;
}

static void fill_sizes(struct download_command *f)
{
    bool few = few_at_once(f);

    f->o.block = few ? FEW_BLOCK : MANY_BLOCK;
    f->o.writes = few ? FEW_WRITES : MANY_WRITES;
    f->o.run.client.receive_buffer = few ? FEW_RECEIVE : MANY_RECEIVE;
    f->o.run.client.extra_files = 3; /* its part, and of those before it, until they
                                        have their names */
}

/* Of each stream of HTTP/2 that the disk holds up libcurl takes a whole window, tens of
 * megabytes, into memory. A connection of HTTP/1.1 it leaves alone. */
static void fill_version(struct download_command *f)
{
    struct client_config *c = &f->o.run.client;

    if (c->http_version == HTTP_VERSION_ANY)
        c->http_version = HTTP_VERSION_1_1;
}

static void fill_run(const struct download_command *f, struct run_options *run)
{
    common_fill_run(&f->common, run);
    run->source.urls = f->urls;
    run->source.file = f->input;
    run->source.files = true;
    run->source.request.headers = f->common.client.headers;
    run->fail_fast = f->fail_fast;
    run->progress = common_wants_bars(&f->common);
}

static int run_parsed(const struct command *self, struct download_command *f,
                      struct buf *why)
{
    struct buf help = BUF_INIT;

    if (f->common.help) {
        help_append_command(&help, self);
        return command_print(&help);
    }
    if (common_finish(&f->common, why) < 0 || check_names(f, why) < 0 ||
        check_existing(f, why) < 0 || check_headers(f, why) < 0 ||
        check_files(f, why) < 0 || list_check(f->urls, f->input, why) < 0)
        return command_usage_error(self, why);
    if (list_waits_for_nobody(f->urls, f->input))
        return command_without_input(self);
    if (read_checksums(f, why) < 0)
        return command_usage_error(self, why);
    fill_run(f, &f->o.run);
    fill_sizes(f);
    fill_version(f);
    return download_run(&f->o);
}

static int run(const struct command *self, const char *const *args)
{
    struct download_command f = {.o = {.directory = ".", .split = 1}};
    struct buf why = BUF_INIT;
    int status;

    common_init(&f.common);
    if (options_parse(self->tables, &f, args, &f.urls, &why) < 0)
        status = command_usage_error(self, &why);
    else
        status = run_parsed(self, &f, &why);
    checksums_free(f.checksums);
    common_clear(&f.common);
    free((void *)f.urls);
    option_free(self->tables, &f);
    return status;
}

const struct command cmd_download = {
    .name = "download",
    .arguments = "[OPTION]... [URL]...",
    .summary = "Download files, many at once: each whole and verified",
    .tables =
        (const struct option *const[]){download_rows, state_rows, common_rows, NULL},
    .run = run,
};

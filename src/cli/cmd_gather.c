/* cmd_gather.c - the command line of `trawl gather`. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/common.h"
#include "cli/content.h"
#include "cli/help.h"
#include "cli/list.h"
#include "cli/parse.h"
#include "gather/gather.h"
#include "gather/plan.h"

enum errors { ERRORS_DOCUMENT, ERRORS_STDERR };

struct gather_command {
    struct common_options common; /* first: the rows of common_rows point into it */
    string_list variables;
    enum errors errors;
    unsigned users, repeat; /* 0: not given */
    double ramp;
    bool fail_fast, timeline;

    string_list words; /* the spec's file */
    struct buf text;   /* of the spec */
};

#define AT(field) .offset = offsetof(struct gather_command, field)

static const char *const errors_names[] = {"document", "stderr", NULL};

/* clang-format off */
static const struct option gather_rows[] = {
    {"var", 0, "NAME=VALUE", GROUP_INPUT, "set a variable of the spec",
     option_list, AT(variables), .list = true},

    {"output", 'o', "FILE", GROUP_OUTPUT, "write the document to FILE",
     option_string, .offset = offsetof(struct gather_command, common.output), .min = 1,
     .hint = HINT_FILE},
    {"errors", 0, "WHERE", GROUP_OUTPUT, "list failures in the document, or on stderr",
     option_enum, AT(errors), .names = errors_names},
    {"timeline", 0, NULL, GROUP_OUTPUT, "when each request began and ended",
     option_true, AT(timeline)},

    {"fail-fast", 0, NULL, GROUP_OUTCOME, "cancel the rest at the first failure",
     option_true, AT(fail_fast)},

    {"users", 0, "N", GROUP_PACE, "run the spec as N users at once",
     option_int, AT(users), .min = 1, .max = 100000},
    {"repeat", 0, "N", GROUP_PACE, "each N times",
     option_int, AT(repeat), .min = 1, .max = 1000000000, .joined = true},
    {"ramp", 0, "S", GROUP_PACE, "let users begin over S seconds",
     option_seconds, AT(ramp)},
    {0},
};
/* clang-format on */

static bool has_users(const struct gather_command *f)
{
    return f->users || f->repeat;
}

static int check_together(const struct gather_command *f, struct buf *why)
{
    if (f->words && f->words[1])
        return option_wrong(why, f->words[1], "is one spec too many");
    if (f->ramp > 0 && !f->users)
        buf_append_str(why, "--ramp goes with --users");
    else if (f->timeline && has_users(f))
        buf_append_str(why,
                       "--timeline shows one run: it goes with neither --users nor "
                       "--repeat");
    else if (f->common.dry_run &&
             (f->timeline || f->common.output || f->common.summary))
        buf_append_str(
            why, "--dry-run prints the plan, and nothing else: it goes with none of "
                 "--timeline, --output and --summary");
    else
        return 0;
    return -EINVAL;
}

static const char *spec_name(const struct gather_command *f)
{
    return f->words && strcmp(f->words[0], "-") ? f->words[0] : NULL;
}

static int check_files(const struct gather_command *f, struct buf *why)
{
    const struct named_file files[] = {
        {"the spec", spec_name(f)},
        {"--output", f->common.output},
        {"--summary", f->common.summary},
    };

    return content_check_files(files, ARRAY_LEN(files), why);
}

static int read_spec(struct gather_command *f, struct buf *why)
{
    struct buf arg = BUF_INIT;
    int r;

    buf_appendf(&arg, "@%s", spec_name(f) ? spec_name(f) : "-");
    r = content_read(&f->text, arg.data, why);
    buf_clear(&arg);
    buf_append_str(&f->text, ""); /* empty, it is there all the same */
    return r;
}

static int refuse_spec(const struct gather_command *f, struct fault *fault,
                       struct slice text)
{
    struct buf place = BUF_INIT;
    const char *name = spec_name(f);

    fault_append(&place, fault, text);
    log_error("%s:%s%s", name ? name : "the spec", fault->at ? "" : " ", place.data);
    buf_clear(&place);
    fault_clear(fault);
    return STATUS_USAGE;
}

static int dry_run(const struct gather_command *f, const struct spec *spec)
{
    struct buf plan = BUF_INIT;

    if (common_wants_json(&f->common))
        plan_append_json(&plan, spec);
    else
        plan_append_text(&plan, spec);
    return command_print(&plan);
}

static int gather(const struct gather_command *f, const struct spec *spec)
{
    const struct common_options *c = &f->common;
    struct gather_options o = {
        .spec = spec,
        .client = c->client,
        .accept = c->accept,
        .crowd = {f->users ? f->users : 1, f->repeat ? f->repeat : 1, f->ramp},
        .output = c->output,
        .summary = c->summary,
        .deadline = c->deadline,
        .users = has_users(f),
        .indent = !has_users(f) && !common_wants_json(c),
        .terminal = common_on_terminal(c),
        .errors_in_document = f->errors == ERRORS_DOCUMENT,
        .fail_fast = f->fail_fast,
        .timeline = f->timeline,
        .quiet = c->quiet,
        .progress = common_wants_progress(c),
        .color = common_wants_color(c, STDERR_FILENO),
    };

    return gather_run(&o);
}

static int run_spec(const struct gather_command *f)
{
    struct slice text = {f->text.data, f->text.len};
    struct spec_options options = {f->variables};
    struct fault fault = {0};
    struct spec *spec = spec_new(text, &options, &fault);
    int status;

    if (!spec)
        return refuse_spec(f, &fault, text);
    status = f->common.dry_run ? dry_run(f, spec) : gather(f, spec);
    spec_free(spec);
    return status;
}

static int without_input(const struct command *self)
{
    struct buf text = BUF_INIT;

    help_append_usage(&text, self);
    buf_append_str(&text, "Give the spec as a file, or on standard input.\n"
                          "try 'trawl gather --help'\n");
    log_block(text.data);
    buf_clear(&text);
    return STATUS_USAGE;
}

static int run_parsed(const struct command *self, struct gather_command *f,
                      struct buf *why)
{
    struct buf help = BUF_INIT;

    if (f->common.help) {
        help_append_command(&help, self);
        return command_print(&help);
    }
    if (common_finish(&f->common, why) < 0 || check_together(f, why) < 0 ||
        check_files(f, why) < 0)
        return command_usage_error(self, why);
    if (list_waits_for_nobody(f->words, NULL))
        return without_input(self);
    if (read_spec(f, why) < 0)
        return command_usage_error(self, why);
    return run_spec(f);
}

static int run(const struct command *self, const char *const *args)
{
    struct gather_command f = {0};
    struct buf why = BUF_INIT;
    int status;

    common_init(&f.common);
    if (options_parse(self->tables, &f, args, &f.words, &why) < 0)
        status = command_usage_error(self, &why);
    else
        status = run_parsed(self, &f, &why);
    buf_clear(&f.text);
    common_clear(&f.common);
    free((void *)f.words);
    option_free(self->tables, &f);
    return status;
}

const struct command cmd_gather = {
    .name = "gather",
    .arguments = "[OPTION]... [SPEC]",
    .summary = "Gather many APIs into one JSON document, by a spec",
    .tables = (const struct option *const[]){gather_rows, common_rows, NULL},
    .word_suffix = ".json",
    .run = run,
};

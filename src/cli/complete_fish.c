#include "cli/command.h"
#include "cli/complete.h"

/* Text inside '...'. */
static void append_quoted(struct buf *out, const char *s)
{
    buf_append_char(out, '\'');
    for (; *s; s++) {
        if (*s == '\'' || *s == '\\')
            buf_append_char(out, '\\');
        buf_append_char(out, *s);
    }
    buf_append_char(out, '\'');
}

static void append_argument(struct buf *out, const struct option *o)
{
    if (o->names) {
        buf_append_str(out, " -x -a '");
        for (size_t i = 0; o->names[i]; i++)
            buf_appendf(out, "%s%s", i ? " " : "", o->names[i]);
        buf_append_char(out, '\'');
    } else if (o->hint == HINT_DIRECTORY) {
        buf_append_str(out, " -x -a '(__fish_complete_directories)'");
    } else if (o->hint == HINT_FILE) {
        buf_append_str(out, " -r -F");
    } else {
        buf_append_str(out, " -x");
    }
}

static void append_options(struct buf *out, option_tables tables, const char *condition)
{
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(tables, &it))) {
        buf_appendf(out, "complete -c trawl -n '%s' -l %s", condition, o->name);
        if (o->letter)
            buf_appendf(out, " -s %c", o->letter);
        if (o->metavar)
            append_argument(out, o);
        buf_append_str(out, " -d ");
        append_quoted(out, o->help);
        buf_append_char(out, '\n');
    }
}

void complete_append_fish(struct buf *out)
{
    struct buf condition = BUF_INIT;

    buf_append_str(out,
                   "# fish completion for trawl, made by: trawl --completion fish\n"
                   "complete -c trawl -f\n");
    append_options(out, main_tables, "__fish_use_subcommand");
    buf_append_str(out, "complete -c trawl -n __fish_use_subcommand -a help -d "
                        "'the options of a command'\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_appendf(out,
                    "complete -c trawl -n '__fish_use_subcommand"
                    "; or __fish_seen_subcommand_from help' -a %s -d ",
                    commands[i]->name);
        append_quoted(out, commands[i]->summary);
        buf_append_char(out, '\n');
    }
    for (size_t i = 0; commands[i]; i++) {
        buf_reset(&condition);
        buf_appendf(&condition, "__fish_seen_subcommand_from %s", commands[i]->name);
        append_options(out, commands[i]->tables, condition.data);
        if (commands[i]->word_suffix)
            buf_appendf(out,
                        "complete -c trawl -n '%s' -a '(__fish_complete_suffix %s)'\n",
                        condition.data, commands[i]->word_suffix);
    }
    buf_clear(&condition);
}

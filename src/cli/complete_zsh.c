#include <string.h>

#include "cli/command.h"
#include "cli/complete.h"

/* Text inside '...' in which `special` characters take a backslash. */
static void append_escaped(struct buf *out, const char *s, const char *special)
{
    for (; *s; s++) {
        if (*s == '\'') {
            buf_append_str(out, "'\\''");
            continue;
        }
        if (*s == '\\' || strchr(special, *s))
            buf_append_char(out, '\\');
        buf_append_char(out, *s);
    }
}

/* ":what:how" behind an option: what is asked for, and how it is completed. */
static void append_argument(struct buf *out, const struct option *o)
{
    buf_append_char(out, ':');
    append_escaped(out, o->metavar, ":[]");
    buf_append_char(out, ':');
    if (o->names) {
        buf_append_char(out, '(');
        for (size_t i = 0; o->names[i]; i++)
            buf_appendf(out, "%s%s", i ? " " : "", o->names[i]);
        buf_append_char(out, ')');
    } else if (o->hint == HINT_DIRECTORY) {
        buf_append_str(out, "_files -/");
    } else if (o->hint == HINT_FILE) {
        buf_append_str(out, "_files");
    }
}

/* One line for _arguments. A star lets an option be given again. */
static void append_spec(struct buf *out, const struct option *o, const char *indent)
{
    buf_appendf(out, " \\\n%s", indent);
    if (o->letter)
        buf_appendf(out, "'*'{-%c%s,--%s%s}'", o->letter, o->metavar ? "+" : "",
                    o->name, o->metavar ? "=" : "");
    else
        buf_appendf(out, "'*--%s%s", o->name, o->metavar ? "=" : "");
    buf_append_char(out, '[');
    append_escaped(out, o->help, ":[]");
    buf_append_char(out, ']');
    if (o->metavar)
        append_argument(out, o);
    buf_append_char(out, '\'');
}

static void append_specs(struct buf *out, option_tables tables, const char *indent)
{
    struct option_iter it = {0};
    const struct option *o;

    while ((o = option_next(tables, &it)))
        append_spec(out, o, indent);
}

static void append_commands(struct buf *out)
{
    buf_append_str(out, "    commands=(\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_appendf(out, "        '%s:", commands[i]->name);
        append_escaped(out, commands[i]->summary, ":");
        buf_append_str(out, "'\n");
    }
    buf_append_str(out, "    )\n");
}

void complete_append_zsh(struct buf *out)
{
    buf_append_str(out, "#compdef trawl\n"
                        "# zsh completion for trawl, made by: trawl --completion zsh\n"
                        "_trawl() {\n"
                        "    local -a commands line\n"
                        "    local context state state_descr\n"
                        "    typeset -A opt_args\n");
    append_commands(out);
    buf_append_str(out, "    _arguments -C -s -S");
    append_specs(out, main_tables, "        ");
    buf_append_str(out, " \\\n        '1:command:->command' \\\n"
                        "        '*::argument:->argument' && return\n"
                        "    case $state in\n"
                        "    command)\n"
                        "        commands+=('help:the options of a command')\n"
                        "        _describe command commands\n"
                        "        ;;\n"
                        "    argument)\n"
                        "        case $words[1] in\n"
                        "        help) _describe command commands ;;\n");
    for (size_t i = 0; commands[i]; i++) {
        buf_appendf(out, "        %s)\n            _arguments -s", commands[i]->name);
        append_specs(out, commands[i]->tables, "                ");
        if (commands[i]->word_suffix)
            buf_appendf(
                out,
                " \\\n                '*:file:_files -g \"*%s\"'\n            ;;\n",
                commands[i]->word_suffix);
        else
            buf_append_str(out, " \\\n                '*:URL:_urls'\n            ;;\n");
    }
    buf_append_str(out, "        esac\n"
                        "        ;;\n"
                        "    esac\n"
                        "}\n"
                        "if [[ $funcstack[1] = _trawl ]]; then\n"
                        "    _trawl \"$@\" # read by autoload\n"
                        "else\n"
                        "    compdef _trawl trawl # read by source\n"
                        "fi\n");
}

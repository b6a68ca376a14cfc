#include "cli/command.h"
#include "cli/complete.h"

/* The spellings of an option, each behind a separator. */
static void append_spellings(struct buf *out, const struct option *o,
                             const char *separator)
{
    buf_appendf(out, "--%s", o->name);
    if (o->letter)
        buf_appendf(out, "%s-%c", separator, o->letter);
}

/* What an argument is completed to: the body of a case. */
static void append_argument(struct buf *out, const struct option *o)
{
    if (o->names) {
        buf_append_str(out, "words='");
        for (size_t i = 0; o->names[i]; i++)
            buf_appendf(out, "%s%s", i ? " " : "", o->names[i]);
        buf_append_str(out, "'");
    } else if (o->hint == HINT_DIRECTORY) {
        buf_append_str(out, "compopt -o dirnames; return");
    } else if (o->hint == HINT_FILE) {
        buf_append_str(out, "compopt -o default; return");
    } else {
        buf_append_str(out, "return");
    }
}

/* Sets `words` for one command, or for none: after an option that takes an argument to
 * what that may be, else to the options and `others`. */
static void append_words(struct buf *out, option_tables tables, const char *others)
{
    struct option_iter it = {0};
    const struct option *o;

    buf_append_str(out, "        case $prev in\n");
    while ((o = option_next(tables, &it))) {
        if (!o->metavar)
            continue;
        buf_append_str(out, "        ");
        append_spellings(out, o, " | ");
        buf_append_str(out, ") ");
        append_argument(out, o);
        buf_append_str(out, " ;;\n");
    }
    buf_append_str(out, "        *) words='");
    it = (struct option_iter){0};
    while ((o = option_next(tables, &it))) {
        append_spellings(out, o, " ");
        buf_append_char(out, ' ');
    }
    buf_appendf(out, "%s' ;;\n        esac\n", others);
}

static void append_case(struct buf *out, option_tables tables, const char *others)
{
    append_words(out, tables, others);
    buf_append_str(out, "        ;;\n");
}

/* A word that is no option is a file of that suffix, or a folder on the way to one. */
static void append_files(struct buf *out, const char *suffix)
{
    buf_appendf(
        out,
        "        if [[ $words = --* && $cur != -* ]]; then\n"
        "            compopt -o filenames\n"
        "            mapfile -t COMPREPLY < <(compgen -f -X '!*%s' -- \"$cur\"\n"
        "                compgen -d -- \"$cur\")\n"
        "            return\n"
        "        fi\n"
        "        ;;\n",
        suffix);
}

static void append_command_names(struct buf *out, const char *separator)
{
    for (size_t i = 0; commands[i]; i++)
        buf_appendf(out, "%s%s", i ? separator : "", commands[i]->name);
}

void complete_append_bash(struct buf *out)
{
    struct buf names = BUF_INIT;

    append_command_names(&names, " ");
    buf_append_str(
        out,
        "# bash completion for trawl, made by: trawl --completion bash\n"
        "_trawl() {\n"
        "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}\n"
        "    local command='' words='' i\n"
        "    COMPREPLY=()\n"
        "    # The shell cuts words at =, so that --name=value comes in three.\n"
        "    if [[ $cur = = ]]; then\n"
        "        cur=''\n"
        "    elif [[ $prev = = ]] && ((COMP_CWORD > 1)); then\n"
        "        prev=${COMP_WORDS[COMP_CWORD - 2]}\n"
        "    fi\n"
        "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
        "        case ${COMP_WORDS[i]} in\n"
        "        help | ");
    append_command_names(out, " | ");
    buf_append_str(out, ")\n"
                        "            command=${COMP_WORDS[i]}\n"
                        "            break\n"
                        "            ;;\n"
                        "        esac\n"
                        "    done\n"
                        "    case $command in\n"
                        "    '')\n");
    buf_append_str(&names, " help");
    append_case(out, main_tables, names.data);
    names.len -= sizeof(" help") - 1;
    buf_appendf(out, "    help) words='%.*s' ;;\n", (int)names.len, names.data);
    for (size_t i = 0; commands[i]; i++) {
        buf_appendf(out, "    %s)\n", commands[i]->name);
        append_words(out, commands[i]->tables, "");
        if (commands[i]->word_suffix)
            append_files(out, commands[i]->word_suffix);
        else
            buf_append_str(out, "        ;;\n");
    }
    buf_append_str(out,
                   "    esac\n"
                   "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
                   "}\n"
                   "complete -F _trawl trawl\n");
    buf_clear(&names);
}

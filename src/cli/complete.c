#include "cli/complete.h"

const char *const complete_shells[] = {"bash", "zsh", "fish", NULL};

void complete_append(struct buf *out, enum complete_shell shell)
{
    switch (shell) {
    case COMPLETE_BASH:
        complete_append_bash(out);
        break;
    case COMPLETE_ZSH:
        complete_append_zsh(out);
        break;
    case COMPLETE_FISH:
        complete_append_fish(out);
        break;
    }
}

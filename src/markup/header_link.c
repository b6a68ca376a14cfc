#include "markup/header_link.h"

#include "base/mem.h"
#include "http/link_header.h"

static const struct {
    const char *rel;
    enum link_kind kind;
} relations[] = {
    {"canonical", LINK_CANONICAL},  {"next", LINK_RELATED},
    {"prev", LINK_RELATED},         {"previous", LINK_RELATED},
    {"first", LINK_RELATED},        {"last", LINK_RELATED},
    {"up", LINK_RELATED},           {"start", LINK_RELATED},
    {"contents", LINK_RELATED},     {"index", LINK_RELATED},
    {"alternate", LINK_RELATED},    {"stylesheet", LINK_STYLE},
    {"icon", LINK_IMAGE},           {"preload", LINK_SCRIPT},
    {"modulepreload", LINK_SCRIPT},
};

/* The first relation that is known decides. False: none is. */
static bool find_kind(struct slice rels, enum link_kind *kind)
{
    struct slice rel;

    while (slice_next(&rels, ' ', &rel))
        for (size_t i = 0; i < ARRAY_LEN(relations); i++)
            if (slice_eq_nocase(rel, relations[i].rel)) {
                *kind = relations[i].kind;
                return true;
            }
    return false;
}

bool header_link_next(struct slice *rest, struct link *l)
{
    struct link_header header;

    while (link_header_next(rest, &header)) {
        *l = (struct link){.url = header.target, .offset = -1};
        l->nofollow = link_header_has(&header, "nofollow");
        if (!header.anchored && find_kind(header.relations, &l->kind))
            return true;
    }
    return false;
}

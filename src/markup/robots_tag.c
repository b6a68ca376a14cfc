#include "markup/robots_tag.h"

#include "markup/product.h"

static bool ends_word(char c)
{
    return c == ',' || c == ';' || char_is_space(c);
}

static void add_word(struct robots_tag *t, struct slice word)
{
    bool none = slice_eq_nocase(word, "none");

    t->noindex |= none || slice_eq_nocase(word, "noindex");
    t->nofollow |= none || slice_eq_nocase(word, "nofollow");
}

void robots_tag_add(struct robots_tag *t, struct slice value)
{
    while (value.len) {
        size_t n = 0;

        while (n < value.len && !ends_word(value.data[n]))
            n++;
        add_word(t, (struct slice){value.data, n});
        n += n < value.len;
        value.data += n;
        value.len -= n;
    }
}

/* Rules that have a value behind a ":", and are no agent's name. */
static bool is_rule(struct slice name)
{
    static const char *const rules[] = {"unavailable_after", "max-snippet",
                                        "max-image-preview", "max-video-preview"};

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
        if (slice_eq_nocase(name, rules[i]))
            return true;
    return false;
}

/* No time of day, as of unavailable_after, looks like one. */
static bool is_agent(struct slice name)
{
    if (!name.len || (name.data[0] != '*' && !product_token(name).len) || is_rule(name))
        return false;
    for (size_t i = 0; i < name.len; i++)
        if (ends_word(name.data[i]))
            return false;
    return true;
}

void robots_tag_add_header(struct robots_tag *t, struct slice value,
                           const char *product)
{
    struct slice part;
    bool ours = true;

    while (slice_next(&value, ',', &part)) {
        struct slice rest = part, name;

        if (slice_next(&rest, ':', &name) && name.len < part.len) {
            name = slice_trim(name);
            if (is_agent(name)) {
                ours = slice_eq(name, "*") || product_is(name, product);
                part = rest;
            } else {
                continue;
            }
        }
        if (ours)
            robots_tag_add(t, part);
    }
}

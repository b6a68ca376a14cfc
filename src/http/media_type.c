#include "http/media_type.h"

#include <string.h>

struct slice media_type_essence(struct slice type)
{
    struct slice essence = {"", 0};

    slice_next(&type, ';', &essence);
    return slice_trim(essence);
}

static struct slice unquoted(struct slice s)
{
    if (s.len >= 2 && s.data[0] == '"' && s.data[s.len - 1] == '"')
        return (struct slice){s.data + 1, s.len - 2};
    return s;
}

struct slice media_type_charset(struct slice type)
{
    struct slice parameter, name;

    slice_next(&type, ';', &parameter); /* the type itself */
    while (slice_next(&type, ';', &parameter)) {
        parameter = slice_trim(parameter);
        if (memchr(parameter.data, '=', parameter.len) &&
            slice_next(&parameter, '=', &name) && slice_eq_nocase(name, "charset"))
            return unquoted(slice_trim(parameter));
    }
    return (struct slice){"", 0};
}

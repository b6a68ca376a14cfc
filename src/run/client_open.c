#include "run/client_open.h"

#include "base/log.h"

struct client *client_open(const struct client_config *config)
{
    const char *why = NULL;
    struct client *client = client_new(config, &why);
    unsigned wanted = config->limits.total, got;

    if (!client) {
        log_error("%s", why);
        return NULL;
    }
    got = limits_total(client_limits(client));
    if (got < wanted)
        log_note("few files may be open (ulimit -n): at most %u at once, not %u", got,
                 wanted);
    return client;
}

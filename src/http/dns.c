#include "http/dns.h"

#include <errno.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "async/executor.h"
#include "base/mem.h"

struct question {
    char *host;
    int family;
};

/* No such name, or none with an address of that family. */
static int look_up(void *arg)
{
    struct question *q = arg;
    struct addrinfo hints = {.ai_family = q->family, .ai_socktype = SOCK_STREAM};
    struct addrinfo *found = NULL;
    int r = getaddrinfo(q->host, NULL, &hints, &found);

    if (r == 0)
        freeaddrinfo(found);
    return r == EAI_NONAME
#ifdef EAI_NODATA
           || r == EAI_NODATA
#endif
#ifdef EAI_ADDRFAMILY
           || r == EAI_ADDRFAMILY
#endif
        ;
}

static char *host_of(const char *origin)
{
    const char *host = strstr(origin, "://") + 3;
    const char *end = strrchr(host, ':');

    return mem_strndup(host, (size_t)(end - host));
}

enum http_error dns_classify(const char *origin, int ip_version)
{
    struct question q = {host_of(origin), ip_version == 4   ? AF_INET
                                          : ip_version == 6 ? AF_INET6
                                                            : AF_UNSPEC};
    int missing = loop_run_in_executor(look_up, &q);

    free(q.host);
    if (missing == -ECANCELED)
        return HTTP_CANCELLED;
    return missing > 0 ? HTTP_DNS_NOT_FOUND : HTTP_DNS_TEMPORARY;
}

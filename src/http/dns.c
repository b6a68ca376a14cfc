#include "http/dns.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "async/executor.h"
#include "base/mem.h"

static int look_up(void *arg)
{
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM}, *found = NULL;
    int r = getaddrinfo(arg, NULL, &hints, &found);

    if (r == 0)
        freeaddrinfo(found);
    return r == EAI_NONAME
#ifdef EAI_NODATA
           || r == EAI_NODATA
#endif
        ;
}

static char *host_of(const char *origin)
{
    const char *host = strstr(origin, "://") + 3;
    const char *end = strrchr(host, ':');

    return mem_strndup(host, (size_t)(end - host));
}

enum http_error dns_classify(const char *origin)
{
    char *host = host_of(origin);
    int missing = loop_run_in_executor(look_up, host);

    free(host);
    return missing > 0 ? HTTP_DNS_NOT_FOUND : HTTP_DNS_TEMPORARY;
}

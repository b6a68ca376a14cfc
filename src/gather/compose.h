/* compose.h - from a request of the spec to one that can be sent. */
#ifndef TRAWL_GATHER_COMPOSE_H
#define TRAWL_GATHER_COMPOSE_H

#include "gather/expand.h"
#include "http/client.h"

/* Sets *rq, which the caller clears in any case, and *captured as expand_url does. 0,
 * or -EINVAL with what is wrong in *why, owned by the caller. */
int compose_request(struct request *rq, const struct spec_request *from,
                    const struct scope *s, const struct client_config *config,
                    const struct reference **captured, char **why);

#endif

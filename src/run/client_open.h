/* client_open.h - the client of a run, and what is to be said of it. */
#ifndef TRAWL_RUN_CLIENT_OPEN_H
#define TRAWL_RUN_CLIENT_OPEN_H

#include "http/client.h"

/* As client_new; what is wrong is logged, and that there are fewer places than were
 * asked for, as few files may be open. */
struct client *client_open(const struct client_config *config);

#endif

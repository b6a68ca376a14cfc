/* exchange.h - one exchange of a leg, and what came of it. */
#ifndef TRAWL_DOWNLOAD_EXCHANGE_H
#define TRAWL_DOWNLOAD_EXCHANGE_H

#include "download/job.h"

/* run_scenario's. Fails, or ends, the leg's call; or it is to be made again, for the
 * next gap, in another way, or once another process is done with the file. */
pool_step exchange_step;

#endif

/* ask.h - asking for a part of a file. */
#ifndef TRAWL_DOWNLOAD_ASK_H
#define TRAWL_DOWNLOAD_ASK_H

#include "download/job.h"

/* The first gap that no other leg is at, or a piece of it when the file is split.
 * False: nothing is left to ask. */
bool ask_gap(const struct leg *leg, struct range *gap);

/* Sets what the leg asks for next, and its headers. False: nothing is left to ask. */
bool ask_next(struct leg *leg);

/* With a checksum to be met, mirrors need not agree on their validators. */
bool ask_may_differ(const struct leg *leg);

#endif

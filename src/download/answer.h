/* answer.h - whether an answer is the part that was asked for. */
#ifndef TRAWL_DOWNLOAD_ANSWER_H
#define TRAWL_DOWNLOAD_ANSWER_H

#include "download/job.h"

/* The first gap that no other leg is at, or a piece of it when the file is split.
 * False: nothing is left to ask. */
bool answer_gap(const struct leg *leg, struct range *gap);

/* Sets what the leg asks for next, and its headers. False: nothing is left to ask. */
bool answer_ask(struct leg *leg);

/* The sink's begin. */
enum body_use answer_begin(struct body_sink *s, const struct response *rs);

/* Nothing more is missing. */
bool answer_whole(const struct job *job);

/* Whether what is there of the version can be gone on with later. */
bool answer_resumable(const struct job *job);

#endif

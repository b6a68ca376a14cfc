/* answer.h - whether an answer is the part that was asked for. */
#ifndef TRAWL_DOWNLOAD_ANSWER_H
#define TRAWL_DOWNLOAD_ANSWER_H

#include "download/job.h"

/* The sink's begin. */
enum body_use answer_begin(struct body_sink *s, const struct response *rs);

/* Nothing more is missing. */
bool answer_whole(const struct job *job);

/* Whether what is there of the version can be gone on with later. */
bool answer_resumable(const struct job *job);

#endif

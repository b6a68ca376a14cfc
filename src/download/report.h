/* report.h - a job ends. */
#ifndef TRAWL_DOWNLOAD_REPORT_H
#define TRAWL_DOWNLOAD_REPORT_H

#include "download/job.h"

/* Sets the error of the file as a whole; the first one stays. */
void job_fail(struct job *job, enum http_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A failure of this machine, told in the part's `why`; a full disk ends the run. */
void job_fail_locally(struct job *job, int error);

/* The archive, of which -errno was logged, cannot be used: ends the run, too. */
void job_fail_archive(struct job *job, int error);

/* Of the calls that the legs have now. */
int job_attempts(const struct job *job);

/* Writes the record, frees the job. */
void report_job(struct job *job);

/* run_scenario's look: a bar for each job. */
void report_progress(struct run *run, struct progress_now *now);

#endif

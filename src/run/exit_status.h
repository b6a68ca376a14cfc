/* exit_status.h - how runs end, beside 0 and a signal's 128 and more. */
#ifndef TRAWL_RUN_EXIT_STATUS_H
#define TRAWL_RUN_EXIT_STATUS_H

enum { EXIT_SOME_FAILED = 1, EXIT_LOCAL = 3, EXIT_OUTPUT_CLOSED = 141 };

#endif

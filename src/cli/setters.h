/* setters.h - option setters for values that have a form of their own. */
#ifndef TRAWL_CLI_SETTERS_H
#define TRAWL_CLI_SETTERS_H

#include "cli/option.h"

option_setter set_header;     /* list of "Name: value" */
option_setter set_method;     /* const char *: a token */
option_setter set_user;       /* const char *: NAME:PASSWORD */
option_setter set_input_file; /* const char *: can be read; with a min of 1 also "-" */
option_setter set_rate;       /* double: starts a second, from 10, 10/s, 90/m, 1000/h */
option_setter set_statuses;   /* struct status_set, from 200,404,500-599 */
option_setter set_proxy;      /* const char *: [scheme://][user:password@]host[:port] */
option_setter set_resolve;    /* list of HOST:PORT:ADDRESS */
option_setter set_connect_to; /* list of HOST1:PORT1:HOST2:PORT2 */

#endif

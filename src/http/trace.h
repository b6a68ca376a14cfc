/* trace.h - libcurl's own talk, for -v: cleaned, and without secrets. */
#ifndef TRAWL_HTTP_TRACE_H
#define TRAWL_HTTP_TRACE_H

/* `easy` is a CURL handle. What goes over the wire is left out but for header lines;
 * the values of Authorization, Proxy-Authorization and cookies are masked. */
void trace_enable(void *easy);

#endif

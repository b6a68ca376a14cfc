/* address.h - which addresses --deny-private refuses. */
#ifndef TRAWL_HTTP_ADDRESS_H
#define TRAWL_HTTP_ADDRESS_H

#include <stdbool.h>
#include <sys/socket.h>

/* True unless the address belongs to a host of the public internet: this machine,
 * private and shared networks, multicast, documentation and reserved ranges (IANA's
 * special-purpose registries, RFC 6890). An IPv6 address that carries an IPv4 one is
 * judged by that. True for every family but the two of IP. */
bool address_private(const struct sockaddr *address);

#endif

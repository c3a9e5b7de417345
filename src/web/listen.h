/* Listening sockets from ADDR:PORT. */
#ifndef FAZHI_WEB_LISTEN_H
#define FAZHI_WEB_LISTEN_H

#include "base/error.h"

/* A listening socket for "127.0.0.1:8080", "[::1]:8080", "localhost:8080" or ":8080" (every address, IPv4 and
 * IPv6); -1 and the error when that can't be. `*port` is the port in the end. The caller closes it. */
int listen_open(const char *address, unsigned *port, struct error *err);

#endif

/* Further pages: import, definitions, deadline calculator, administration. Their routes are appended to those of
 * routes.c when the program serves. */
#ifndef FAZHI_WEB_PAGES_MORE_H
#define FAZHI_WEB_PAGES_MORE_H

#include "web/app.h"

extern const struct route extra_routes[];
extern const size_t extra_route_count;

#endif

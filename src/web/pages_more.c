#include "web/pages_more.h"

/* C has no empty arrays: the entry without a method ends the table and is not counted. */
const struct route extra_routes[] = {
    {0},
};
const size_t extra_route_count = sizeof extra_routes / sizeof *extra_routes - 1;

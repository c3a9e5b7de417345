#include "web/assets.h"

#include <assert.h>

const struct asset *asset_find(struct str name)
{
    for (size_t i = 0; i < asset_count; i++)
        if (str_is(name, assets[i].name)) return &assets[i];
    return NULL;
}

struct str asset_address(const char *name)
{
    const struct asset *a = asset_find(str_from(name));
    assert(a);
    return str_from(a->address);
}

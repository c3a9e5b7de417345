/* The PostgreSQL schema of a model as SQL text. */
#ifndef FAZHI_STORE_SCHEMA_TEXT_H
#define FAZHI_STORE_SCHEMA_TEXT_H

#include "base/buf.h"
#include "base/error.h"
#include "model/model.h"

/* Every `create` statement of an empty database, each on one line. */
bool schema_text(const struct model *model, struct buf *to, struct error *err);
/* What distributes these tables (the text of schema_text) over the workers of a Citus cluster: every table by office,
 * beside the act log of the same office; those that are all offices' are copied to every worker. */
void schema_citus(struct str tables, struct buf *to);

#endif

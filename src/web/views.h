/* Pieces that several pages show: badges of deadlines, stages, rows of records, pagers. */
#ifndef FAZHI_WEB_VIEWS_H
#define FAZHI_WEB_VIEWS_H

#include "office/due.h"
#include "office/show.h"
#include "paper/sheet.h"
#include "web/app.h"

enum { PAGE_ROWS = 50 };

struct badge_view views_stage_badge(const struct record *r);
struct badge_view views_due_badge(struct request *rq, const struct deadline *d, const struct deadline_row *row);
/* 2024-03-01（周五） */
struct str views_day(struct request *rq, struct str iso);
/* 2024-03-01 09:30 */
struct str views_minute(struct arena *a, int64_t ms);
/* ?page=N of the request, from 0. */
int64_t views_offset(const struct request *rq, int64_t rows);
struct pager_view views_pager(struct request *rq, int64_t offset, int64_t shown, int64_t rows, int64_t total);
/* show_value as this person may read it: a reference to a record that they may not open shows its number alone.
 * `href` (may be NULL) gets the address of a record referred to, empty when there is none to open. */
struct str views_value(struct request *rq, const struct shower *s, const struct reg *reg, const struct field *f,
                       struct value v, bool unmasked, struct str *href);
/* The sheet as a file to save: CSV, or XLSX with ?format=xlsx. */
void views_send_sheet(struct request *rq, struct reply *rp, const struct sheet *s, struct str name);
/* /r/REGISTER/ID */
struct str views_record_href(struct arena *a, const struct reg *reg, int64_t id);

#endif

/* Parts of a record's page: facts, stepper, timeline, deadlines with their strips of days. */
#ifndef FAZHI_WEB_RECORD_PARTS_H
#define FAZHI_WEB_RECORD_PARTS_H

#include "web/app.h"
#include "web/work_view.h"

struct record_parts {
    struct request *rq;
    struct conn *conn;
    struct shower *show;
    const struct record *record;
    bool unmasked;
    const struct act_entry *acts; /* set by parts_events */
    size_t act_count;
};

void parts_facts(struct record_parts *p, const struct pair_view **facts, size_t *count);
bool parts_events(struct record_parts *p, const struct event_view **events, size_t *count, struct error *err);
/* After parts_events: the day each stage was reached. */
void parts_steps(struct record_parts *p, const struct step_view **steps, size_t *count);
bool parts_deadlines(struct record_parts *p, const struct deadline_view **list, size_t *count, struct error *err);
/* Puts the strip of days of one unbroken period into the view; nothing when a year on the way is not known. */
void parts_strip(struct request *rq, const struct calendar *calendar, struct date start, struct period_length length,
                 enum period_roll roll, struct deadline_view *view);

#endif

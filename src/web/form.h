/* Forms of acts: fields as the person sees them, filled from defaults, from the record or from what was typed. */
#ifndef FAZHI_WEB_FORM_H
#define FAZHI_WEB_FORM_H

#include "web/app.h"

/* One act's form for a record (NULL for create). */
struct act_form {
    const struct reg *reg;
    const struct act *act;
    const struct record *record;
    struct field_view *fields;
    size_t field_count;
    bool upload;
};

/* The organisations as options of v, a tree, the one of v->value selected; only those that `of` belongs to when given. */
void form_org_options(struct request *rq, const struct shower *s, const struct user *of, struct field_view *v);

/* Builds the fields. When `typed`, the form's values come from the request (nothing typed is lost), else from the
 * record, from query parameters (new records) and from defaults. */
bool act_form_build(struct request *rq, struct conn *c, struct act_form *form, bool typed, struct error *err);
/* Puts each fault to its field and lists those of the whole form. Refusals by rules come out apart. */
void act_form_faults(struct request *rq, struct act_form *form, const struct errors *faults, struct form_view *view,
                     struct refusal_view **refusals, size_t *refusal_count);
/* The request's form as inputs of the act. Uploaded files are stored; their digests become the inputs. */
bool act_form_inputs(struct request *rq, const struct act_form *form, struct input **inputs, size_t *count,
                     struct error *err);

#endif

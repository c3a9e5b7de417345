/* The offices that one server serves: each its own struct app, opened when somebody of it first comes. */
#ifndef FAZHI_WEB_APPS_H
#define FAZHI_WEB_APPS_H

#include "web/app.h"

struct apps;

/* `own` is the office that the server was started for; what it holds is shared by all. */
struct apps *apps_open(struct app *own);
/* Closes the offices that were opened here, not the own one. */
void apps_close(struct apps *apps);
/* The office with this key in the database; lives until apps_close. ERR_NOT_FOUND when there is none or it is closed.
 */
struct app *apps_get(struct apps *apps, struct str key, struct error *err);

#endif

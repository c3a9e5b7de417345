/* The offices that one server serves: each its own struct app, opened when somebody of it first comes.
 *
 * Whether names and definitions are still those in force is looked at once a second, by one number in the database
 * (store_version) and the day: an office that changed meanwhile is opened anew, and the old one is closed when its last
 * request has ended. So what an office issues holds on every server within a second. */
#ifndef FAZHI_WEB_APPS_H
#define FAZHI_WEB_APPS_H

#include "web/app.h"

struct apps;

/* `own` is the office that the server was started for; what it holds is shared by all. */
struct apps *apps_open(struct app *own);
/* Closes the offices that were opened here, not the own one. */
void apps_close(struct apps *apps);
/* The office with this key in the database, to be given back by apps_put. ERR_NOT_FOUND when there is none or it is
 * closed; ERR_DEFINITION when the definitions issued for it do not fit this program. */
struct app *apps_get(struct apps *apps, struct str key, struct error *err);
/* Once more the same, and back. The own app needs neither. */
void apps_hold(struct app *app);
void apps_put(struct app *app);
/* Something was changed here: the next request looks at once. */
void apps_look_again(struct apps *apps);

#endif

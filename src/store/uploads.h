/* Sheets that were sent for an import, kept for a day for whoever sent them: in the data folder, or in the database
 * where several servers share it. They are no attachments: nothing refers to them, and no backup has them. */
#ifndef FAZHI_STORE_UPLOADS_H
#define FAZHI_STORE_UPLOADS_H

#include "store/store.h"

/* Keeps it under its digest, for this person, and removes what is older than a day. `now`: the system's time, ms. The
 * digest is copied into the arena. */
bool upload_keep(struct store *s, struct arena *a, struct str office, struct str account, struct str name,
                 struct str bytes, int64_t now, struct str *digest, struct error *err);

struct upload_sheet {
    struct str name;
    struct str mapped; /* as file_map of base/file.h gives it */
};
/* ERR_NOT_FOUND when this person has sent no such sheet within a day. Ended by upload_close. */
bool upload_open(struct store *s, struct arena *a, struct str office, struct str account, struct str digest,
                 struct upload_sheet *u, struct error *err);
void upload_close(struct upload_sheet *u);

#endif

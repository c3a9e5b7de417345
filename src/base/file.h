/* Whole files in and out. */
#ifndef FAZHI_BASE_FILE_H
#define FAZHI_BASE_FILE_H

#include "base/error.h"

/* Reads all of a regular file (or of standard input for "-"), at most `limit` bytes, else ERR_LIMIT. */
bool file_read(struct arena *a, const char *path, size_t limit, struct str *content, struct error *err);
/* A regular file as if it stood in memory, read as it is looked at; ended by file_unmap. Whoever shortens the file
 * meanwhile ends the program. */
bool file_map(const char *path, struct str *content, struct error *err);
/* The same of an open file, which stays open. */
bool file_map_open(int fd, const char *path, struct str *content, struct error *err);
void file_unmap(struct str content);
/* This part of it need not stay in memory: it is read again when it is looked at again. */
void file_map_forget(struct str part);
/* Writes through a temporary file in the same folder, fsync, rename: after a crash the old or the new file is
 * there, never half of one. Mode 0600 when `secret`, else 0644 under the umask. */
bool file_write(const char *path, struct str content, bool secret, struct error *err);
/* A new file in the folder that has no name and is gone when it is closed; -1 and errno when there can't be one. */
int file_nameless(const char *folder);
/* Writes all of it behind what was written before; false and errno. */
bool file_append(int fd, struct str content);
/* It is no fault when it is not there. */
bool file_remove(const char *path, struct error *err);
/* Makes the folder and its parents. It is no fault when it exists. */
/* Fills the error from errno, in Chinese: "what：why". A full disk is ERR_BUSY. Always false. */
bool file_fault(struct error *err, const char *what, const char *path);
bool file_make_folder(const char *path, struct error *err);
bool file_exists(const char *path);
/* Names (not paths) of the entries of a folder that end in `ending` (NULL for all), sorted by bytes; without
 * names that begin with a dot. */
bool file_list(struct arena *a, const char *folder, const char *ending, struct str **names, size_t *count,
               struct error *err);

#endif

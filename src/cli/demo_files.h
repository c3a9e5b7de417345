/* The demonstration office's sheets (demo/), compiled into the program. */
#ifndef FAZHI_CLI_DEMO_FILES_H
#define FAZHI_CLI_DEMO_FILES_H

#include "model/model.h"

/* Paths below demo/. */
size_t demo_files(const struct definition_file **files);

#endif

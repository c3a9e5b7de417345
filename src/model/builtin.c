#include "model/model.h"

/* Made by tools/embed_text.c from definitions/. */
size_t model_definitions(const struct definition_file **files);

size_t model_built_in_files(const struct definition_file **files)
{
    return model_definitions(files);
}

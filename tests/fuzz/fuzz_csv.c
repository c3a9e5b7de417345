/* The CSV reader over any valid text, with each separator. */
#include "base/csv.h"
#include "fuzz_sheet.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str text = {(const char *)data, size};
    if (!utf8_valid(text)) return 0;
    static const char separators[] = {0, ',', ';', '\t'};
    for (size_t i = 0; i < sizeof separators; i++) {
        auto_arena a = arena_open();
        struct sheet_in sheet;
        struct error err = {0};
        check_sheet(csv_read(a, text, separators[i], &sheet, &err), &sheet, &err);
    }
    return 0;
}

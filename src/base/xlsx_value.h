/* What a number of a workbook means: ECMA-376 keeps dates and times as numbers and only the cell's number format
 * tells them apart. Used by xlsx_in.c. */
#ifndef FAZHI_BASE_XLSX_VALUE_H
#define FAZHI_BASE_XLSX_VALUE_H

#include "base/error.h"

enum number_kind {
    NUMBER_PLAIN,
    NUMBER_DATE,
    NUMBER_TIME, /* of the day */
    NUMBER_DATETIME,
    NUMBER_ELAPSED, /* [h]:mm, may pass 24 hours */
};

/* Of the built-in formats (ECMA-376 part 1, 18.8.30, with those of the Chinese edition: 27–36 and 50–58). */
enum number_kind xlsx_builtin_format(int64_t id);
/* Of a format code such as yyyy"年"m"月"d"日";@ */
enum number_kind xlsx_format_kind(struct str code);

/* Why a number can't be taken, as a Chinese sentence that says what to do; NULL when it can. */
typedef const char *xlsx_reason;

/* A plain number as decimal digits without exponent, 15 significant digits as the spreadsheet shows. Refused from
 * 10^15 on: spreadsheets keep 15 digits only, so an identity or bank card number stored as a number has already
 * lost its last digits. */
xlsx_reason xlsx_plain_number(struct arena *a, double value, struct str *text);

/* A serial day number: 2024-03-01, 2024-03-01T09:30:00 (midnight: the date alone), 09:30:00. */
xlsx_reason xlsx_serial(struct arena *a, double value, enum number_kind kind, bool from_1904, struct str *text);

/* Decodes _xHHHH_, the escape for characters that XML can't hold, drops CR before LF. */
struct str xlsx_unescape(struct arena *a, struct str t);

#endif

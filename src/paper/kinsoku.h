/* Where a line of Chinese text may break (GB/T 15834, the "避头尾" rules), and which signs have white to give. */
#ifndef FAZHI_PAPER_KINSOKU_H
#define FAZHI_PAPER_KINSOKU_H

#include <stdbool.h>
#include <stdint.h>

/* True when a line may end with `before` and the next begin with `after`. Digits with their signs (1,234.5%,
 * 2024-2025) and Latin words stay whole, as do —— and …….*/
bool kinsoku_may_break(uint32_t before, uint32_t after);
/* Part of a number or a Latin word. */
bool kinsoku_is_word(uint32_t c);

/* Which half of a full-width sign is white: a line may be tightened there. */
enum kinsoku_white { KINSOKU_SOLID, KINSOKU_WHITE_RIGHT, KINSOKU_WHITE_LEFT };
enum kinsoku_white kinsoku_white(uint32_t c);

#endif

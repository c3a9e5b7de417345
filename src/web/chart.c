#include "web/chart.h"

enum {
    STEP = 46, /* from column to column */
    BAR = 28,
    TOP = 26, /* room for the value above the highest column */
    HIGH = 120,
    BOTTOM = 26, /* room for the label */
    SIDE = 8,
    LEAST = 2, /* a column that stands for something is seen */
};

static void draw_column(struct buf *b, const struct chart_column *c, int x)
{
    int base = TOP + HIGH;
    int height = c->height < 0 ? 0 : (int)(c->height * HIGH + 0.5);
    if (c->height > 0 && height < LEAST) height = LEAST;
    if (height > 0)
        buf_putf(b, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"2\"/>", x - BAR / 2, base - height, BAR,
                 height);
    buf_putf(b, "<text class=\"value\" x=\"%d\" y=\"%d\">", x, base - height - 7);
    buf_put_html(b, c->shown);
    buf_putf(b, "</text><text class=\"label\" x=\"%d\" y=\"%d\">", x, base + 18);
    buf_put_html(b, c->label);
    buf_puts(b, "</text>");
}

struct html chart_columns(struct arena *a, struct str title, const struct chart_column *columns, size_t count)
{
    struct buf b = buf_in(a);
    int width = 2 * SIDE + STEP * (int)count, height = TOP + HIGH + BOTTOM;
    buf_putf(&b, "<svg class=\"chart\" role=\"img\" viewBox=\"0 0 %d %d\" xmlns=\"http://www.w3.org/2000/svg\"><title>",
             width, height);
    buf_put_html(&b, title);
    buf_putf(&b, "</title><path d=\"M%d %dH%d\"/>", SIDE, TOP + HIGH, width - SIDE);
    for (size_t i = 0; i < count; i++) draw_column(&b, &columns[i], SIDE + STEP / 2 + STEP * (int)i);
    buf_puts(&b, "</svg>");
    return (struct html){buf_str(&b)};
}

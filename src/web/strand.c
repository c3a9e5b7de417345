#include "web/strand.h"

void strand_open(struct strand *s)
{
    *s = (struct strand){0};
    pthread_mutex_init(&s->lock, NULL);
}

void strand_close(struct strand *s)
{
    pthread_mutex_destroy(&s->lock);
}

/* True when the caller is to work. */
static bool append(struct strand *s, struct strand_piece *piece)
{
    pthread_mutex_lock(&s->lock);
    piece->next = NULL;
    if (s->last)
        s->last->next = piece;
    else
        s->first = piece;
    s->last = piece;
    bool mine = !s->busy;
    s->busy = true;
    pthread_mutex_unlock(&s->lock);
    return mine;
}

static struct strand_piece *take(struct strand *s)
{
    pthread_mutex_lock(&s->lock);
    struct strand_piece *piece = s->first;
    if (piece) s->first = piece->next;
    if (!s->first) s->last = NULL;
    s->busy = piece != NULL;
    pthread_mutex_unlock(&s->lock);
    return piece;
}

void strand_put(struct strand *s, struct strand_piece *piece, void (*run)(struct strand_piece *piece))
{
    if (!append(s, piece)) return;
    while ((piece = take(s))) run(piece);
}

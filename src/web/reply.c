#include "web/reply.h"

void reply_header(struct reply *rp, const char *name, struct str value)
{
    ARENA_PUSH(rp->arena, rp->headers.items, rp->headers.count, rp->headers.cap,
               ((struct pair){str_from(name), value}));
}

void reply_redirect(struct reply *rp, struct str location)
{
    static const char hex[] = "0123456789ABCDEF";
    struct buf b = buf_in(rp->arena);
    for (size_t i = 0; i < location.len; i++) {
        unsigned char c = (unsigned char)location.s[i];
        if (c > 32 && c < 127) {
            buf_putc(&b, (char)c);
        } else {
            buf_putc(&b, '%');
            buf_putc(&b, hex[c >> 4]);
            buf_putc(&b, hex[c & 15]);
        }
    }
    reply_restart(rp, 303);
    reply_header(rp, "Location", buf_str(&b));
}

void reply_cookie(struct reply *rp, const char *name, struct str value, int64_t max_age)
{
    struct buf b = buf_in(rp->arena);
    buf_puts(&b, name);
    buf_putc(&b, '=');
    html_put_query(&b, value);
    buf_puts(&b, "; Path=/; HttpOnly; SameSite=Lax");
    if (rp->secure) buf_puts(&b, "; Secure");
    if (max_age) buf_putf(&b, "; Max-Age=%lld", (long long)(max_age < 0 ? 0 : max_age));
    reply_header(rp, "Set-Cookie", buf_str(&b));
}

void reply_download(struct reply *rp, struct str name, struct str type, struct str content)
{
    struct buf b = buf_in(rp->arena);
    buf_puts(&b, "attachment; filename*=UTF-8''");
    html_put_query(&b, name);
    reply_header(rp, "Content-Disposition", buf_str(&b));
    rp->type = type;
    rp->content = content.s ? content : STR("");
}

void reply_restart(struct reply *rp, unsigned status)
{
    rp->status = status;
    rp->type = STR("text/html; charset=utf-8");
    rp->content = (struct str){NULL, 0};
    rp->cache_forever = false;
    buf_clear(rp->body);
}

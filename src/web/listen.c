#include "web/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BACKLOG = 4096, MAX_HOST = 256 };

struct place {
    char host[MAX_HOST], port[8];
};

static bool split_address(const char *address, struct place *p, struct error *err)
{
    struct str t = str_from(address);
    size_t colon = t.len;
    while (colon > 0 && t.s[colon - 1] != ':') colon--;
    int64_t number;
    struct str port = str_slice(t, colon, t.len);
    if (!colon || !str_to_i64(port, &number) || number < 0 || number > 65535 || port.len >= sizeof p->port)
        return error_set(err, ERR_INPUT, "监听地址“%s”应写作 地址:端口，如 127.0.0.1:8080", address);
    struct str host = str_slice(t, 0, colon - 1);
    if (host.len > 1 && host.s[0] == '[' && host.s[host.len - 1] == ']') host = str_slice(host, 1, host.len - 1);
    if (host.len >= sizeof p->host) return error_set(err, ERR_INPUT, "监听地址过长");
    memset(p, 0, sizeof *p);
    memcpy(p->host, host.s, host.len);
    memcpy(p->port, port.s, port.len);
    return true;
}

static int try_listen(const struct addrinfo *ai, bool every)
{
    int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) return -1;
    int yes = 1, only = !every;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (ai->ai_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof only);
    if (bind(fd, ai->ai_addr, ai->ai_addrlen) == 0 && listen(fd, BACKLOG) == 0) return fd;
    int saved = errno;
    close(fd);
    errno = saved;
    return -1;
}

static unsigned port_of(int fd)
{
    struct sockaddr_storage s = {0};
    socklen_t len = sizeof s;
    if (getsockname(fd, (struct sockaddr *)&s, &len) != 0) return 0;
    if (s.ss_family == AF_INET6) return ntohs(((struct sockaddr_in6 *)&s)->sin6_port);
    return ntohs(((struct sockaddr_in *)&s)->sin_port);
}

int listen_open(const char *address, unsigned *port, struct error *err)
{
    struct place p;
    if (!split_address(address, &p, err)) return -1;
    bool every = !p.host[0];
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_PASSIVE | AI_NUMERICSERV}, *list = NULL;
    if (getaddrinfo(every ? NULL : p.host, p.port, &hints, &list) != 0) {
        error_set(err, ERR_INPUT, "找不到监听地址“%s”", address);
        return -1;
    }
    int fd = -1;
    /* For every address the IPv6 socket comes first: it takes IPv4 as well. */
    for (int pass = every ? 0 : 1; pass < 2 && fd < 0; pass++)
        for (const struct addrinfo *ai = list; ai && fd < 0; ai = ai->ai_next)
            if (pass == 1 || ai->ai_family == AF_INET6) fd = try_listen(ai, every);
    freeaddrinfo(list);
    if (fd < 0)
        error_set(err, ERR_IO, "不能在 %s 上监听：%s", address, strerror(errno));
    else
        *port = port_of(fd);
    return fd;
}

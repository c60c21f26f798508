/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/link.h"

#include "base/i18n.h"
#include "base/utf8.h"

#include <curl/curl.h>
#include <poll.h>
#include <pthread.h>

enum { LINE = 2048, REPLY_LINES = 100, COMMANDS = 2048, RECIPIENT = 300 };

struct link {
    const struct smtp_settings *settings; /* borrowed */
    CURL *easy;
    CURLM *multi; /* of its own: libcurl may close what it finds readable among unused ones */
    enum link_state state;
    enum link_step step;
    bool pipelining, knew;
    bool mute; /* it closed in the middle of something: no QUIT */
    int sent;
    curl_socket_t fd;
    int64_t since_us, deadline_us;
    struct buf out; /* commands that are not sent yet */
    size_t out_at;
    char recipient[RECIPIENT];
    struct str text; /* borrowed while `active` */
    size_t text_at;
    bool active;  /* a message is on its way and has not ended */
    bool gone;    /* its last line was begun */
    bool blocked; /* the socket takes nothing now */
    int skip;     /* answers to what was sent ahead, which do not count any more */
    char line[LINE];
    size_t line_n;
    int reply_lines;
    struct link_reply reply; /* being read, or why it closed */
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* The server's words as one line of UTF-8, added to what is there. */
static void add_text(struct link_reply *reply, const char *p, size_t n)
{
    size_t at = strlen(reply->text);

    if (at && at + 1 < sizeof(reply->text))
        reply->text[at++] = ' ';
    for (size_t i = 0; i < n;) {
        size_t length = utf8_valid_at((struct str){p, n}, i);
        bool shown = length > 0 && (unsigned char)p[i] >= 0x20 && p[i] != 0x7f;

        if (at + (length ? length : 1) >= sizeof(reply->text))
            break;
        if (shown)
            memcpy(reply->text + at, p + i, length);
        else
            reply->text[at] = '?';
        at += shown ? length : 1;
        i += length ? length : 1;
    }
    reply->text[at] = 0;
}

static void close_link(struct link *link, const char *why)
{
    if (link->state == LINK_CLOSED)
        return;
    link->state = LINK_CLOSED;
    if (!link->reply.text[0])
        snprintf(link->reply.text, sizeof(link->reply.text), "%s", why);
}

/* ---- connecting -------------------------------------------------------------------------- */

/* Each line that the server says until libcurl is done: what it offers, and its last word. */
static size_t on_header(char *p, size_t size, size_t n, void *user)
{
    struct link *link = user;
    struct str line = {p, size * n};
    struct str rest = line.n > 4 ? (struct str){p + 4, line.n - 4} : STR_NONE;

    if (str_starts(line, "220")) /* the greeting, and STARTTLS: what was offered before is void */
        link->pipelining = false;
    if (str_starts(line, "250") && str_ieqz(str_trim(rest), "PIPELINING"))
        link->pipelining = true;
    if (line.n > 3 && (p[0] == '4' || p[0] == '5')) {
        link->reply =
            (struct link_reply){.code = (p[0] - '0') * 100 + (p[1] - '0') * 10 + (p[2] - '0')};
        line = str_trim(line);
        add_text(&link->reply, line.p, line.n);
        mail_status_read(rest, &link->reply.status);
    }
    return size * n;
}

static size_t discard(char *p, size_t size, size_t n, void *user)
{
    (void)p, (void)user;
    return size * n;
}

static void set_tls(CURL *easy, const struct smtp_settings *s)
{
    static const long use[] = {
        [SMTP_TLS_OFF] = CURLUSESSL_NONE,
        [SMTP_TLS_OPPORTUNISTIC] = CURLUSESSL_TRY,
        [SMTP_TLS_REQUIRED] = CURLUSESSL_ALL,
        [SMTP_TLS_IMPLICIT] = CURLUSESSL_ALL,
    };
    bool verify = s->tls == SMTP_TLS_REQUIRED || s->tls == SMTP_TLS_IMPLICIT;

    curl_easy_setopt(easy, CURLOPT_USE_SSL, use[s->tls]);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, verify ? 1L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, verify ? 2L : 0L);
    curl_easy_setopt(easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    if (s->ca_file[0])
        curl_easy_setopt(easy, CURLOPT_CAINFO, s->ca_file);
}

struct link *link_new(const struct smtp_settings *settings, int64_t now_us)
{
    struct link *link = xcalloc(1, sizeof(*link));
    char url[600];

    pthread_once(&once, begin);
    *link = (struct link){.settings = settings,
                          .easy = curl_easy_init(),
                          .multi = curl_multi_init(),
                          .fd = CURL_SOCKET_BAD,
                          .since_us = now_us,
                          .deadline_us = now_us + (int64_t)settings->connect_ms * 1000,
                          .out = BUF_INIT(COMMANDS)};
    if (!link->easy || !link->multi) {
        close_link(link, _("there is no memory for another connection"));
        return link;
    }
    snprintf(url, sizeof(url), "%s://%s:%d/%s",
             settings->tls == SMTP_TLS_IMPLICIT ? "smtps" : "smtp", settings->host, settings->port,
             settings->name);
    curl_easy_setopt(link->easy, CURLOPT_URL, url);
    curl_easy_setopt(link->easy, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(link->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(link->easy, CURLOPT_CONNECT_ONLY, 1L);
    curl_easy_setopt(link->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(link->easy, CURLOPT_TCP_NODELAY, 1L);
    curl_easy_setopt(link->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)settings->connect_ms);
    curl_easy_setopt(link->easy, CURLOPT_HEADERFUNCTION, on_header);
    curl_easy_setopt(link->easy, CURLOPT_HEADERDATA, link);
    curl_easy_setopt(link->easy, CURLOPT_WRITEFUNCTION, discard);
    set_tls(link->easy, settings);
    if (settings->user[0]) {
        curl_easy_setopt(link->easy, CURLOPT_USERNAME, settings->user);
        curl_easy_setopt(link->easy, CURLOPT_PASSWORD, settings->password);
    }
    if (curl_multi_add_handle(link->multi, link->easy) != CURLM_OK)
        close_link(link, _("there is no memory for another connection"));
    return link;
}

static void set_idle(struct link *link, int64_t now_us)
{
    link->state = LINK_IDLE;
    link->since_us = now_us;
    link->deadline_us = now_us + (int64_t)link->settings->idle_ms * 1000;
    link->reply = (struct link_reply){0};
}

static void run_connecting(struct link *link, int64_t now_us)
{
    CURLMsg *message;
    int running, left;

    if (curl_multi_perform(link->multi, &running) != CURLM_OK) {
        close_link(link, _("the connection failed"));
        return;
    }
    while ((message = curl_multi_info_read(link->multi, &left)))
        if (message->msg == CURLMSG_DONE) {
            if (message->data.result != CURLE_OK) {
                close_link(link, curl_easy_strerror(message->data.result));
                return;
            }
            curl_easy_getinfo(link->easy, CURLINFO_ACTIVESOCKET, &link->fd);
            link->knew = true;
            set_idle(link, now_us);
        }
    if (link->state == LINK_CONNECTING && now_us >= link->deadline_us)
        close_link(link, _("the mail server did not answer in time"));
}

/* ---- sending ----------------------------------------------------------------------------- */

static bool send_some(struct link *link, const char *p, size_t n, size_t *at)
{
    while (*at < n) {
        size_t sent = 0;
        CURLcode rc = curl_easy_send(link->easy, p + *at, n - *at, &sent);

        if (rc == CURLE_AGAIN) {
            link->blocked = true;
            return true;
        }
        if (rc != CURLE_OK) {
            close_link(link, _("the connection ended"));
            return false;
        }
        *at += sent;
    }
    return true;
}

static void wait_for(struct link *link, enum link_step step, int64_t now_us)
{
    link->step = step;
    link->deadline_us =
        now_us +
        (int64_t)(step == LINK_END ? link->settings->last_ms : link->settings->command_ms) * 1000;
}

static void command(struct link *link, const char *text)
{
    if (link->out_at == link->out.n) {
        buf_reset(&link->out);
        link->out_at = 0;
    }
    buf_addz(&link->out, text);
}

/* What can be sent without an answer. `quiet`: the server has said nothing that is not read. */
static void flush(struct link *link, bool quiet, int64_t now_us)
{
    link->blocked = false;
    if (!send_some(link, link->out.p, link->out.n, &link->out_at) || link->blocked ||
        link->step != LINK_TEXT || !link->active)
        return;
    if (link->text_at < link->text.n) {
        send_some(link, link->text.p, link->text.n, &link->text_at);
        return; /* and look what the server says before the last line */
    }
    if (!quiet)
        return;
    /* From here on nobody knows until the answer. */
    link->gone = true;
    wait_for(link, LINK_END, now_us);
    command(link, ".\r\n");
    send_some(link, link->out.p, link->out.n, &link->out_at);
}

void link_send(struct link *link, const char *sender, const char *recipient, struct str text,
               int64_t now_us)
{
    assert(link->state == LINK_IDLE);
    link->state = LINK_BUSY;
    link->active = true;
    link->gone = false;
    link->text = text;
    link->text_at = 0;
    link->skip = 0;
    link->since_us = now_us;
    snprintf(link->recipient, sizeof(link->recipient), "RCPT TO:<%s>\r\n", recipient);
    command(link, "MAIL FROM:<");
    command(link, sender);
    command(link, ">\r\n");
    if (link->pipelining)
        command(link, link->recipient);
    wait_for(link, LINK_MAIL, now_us);
    link->sent++;
}

/* ---- answers ----------------------------------------------------------------------------- */

static void end_message(struct link *link, bool lost, struct link_end *out)
{
    *out = (struct link_end){.step = link->step,
                             .lost = lost,
                             .gone = link->gone,
                             .reused = link->sent > 1,
                             .reply = link->reply};
    link->active = false;
    link->text = STR_NONE;
}

/* Makes room for the next message after a refusal. */
static void reset(struct link *link, int skip, int64_t now_us)
{
    if (link->reply.code == 421) {
        close_link(link, "");
        return;
    }
    link->skip = skip;
    link->reply = (struct link_reply){0};
    command(link, "RSET\r\n");
    wait_for(link, LINK_RESET, now_us);
}

static bool fine(const struct link_reply *reply, enum link_step step)
{
    return step == LINK_DATA ? reply->code == 354 : reply->code >= 200 && reply->code < 300;
}

/* An answer that is none of the protocol's: nothing is known any more. */
static bool strange(const struct link_reply *reply)
{
    return reply->code < 400 || reply->code > 599;
}

/* A whole answer is read. True when the message ended. */
static bool on_reply(struct link *link, int64_t now_us, struct link_end *out)
{
    bool accepted = fine(&link->reply, link->step);

    if (link->skip > 0 && link->reply.code != 421) {
        link->skip--;
        link->reply = (struct link_reply){0};
        return false;
    }
    if (link->step == LINK_RESET) {
        if (accepted)
            set_idle(link, now_us);
        else
            close_link(link, "");
        return false;
    }
    if (link->step == LINK_TEXT || link->step == LINK_END || (!accepted && strange(&link->reply))) {
        bool lost =
            link->step == LINK_TEXT ? strange(&link->reply) : !accepted && strange(&link->reply);

        end_message(link, lost, out);
        link->mute = lost || link->step == LINK_TEXT;
        if (link->mute || link->reply.code == 421)
            close_link(link, "");
        else if (accepted && link->sent < link->settings->per_connection)
            set_idle(link, now_us);
        else if (accepted)
            close_link(link, "");
        else
            reset(link, 0, now_us);
        return true;
    }
    if (!accepted) {
        end_message(link, false, out);
        reset(link, link->step == LINK_MAIL && link->pipelining ? 1 : 0, now_us);
        return true;
    }
    link->reply = (struct link_reply){0};
    if (link->step == LINK_MAIL && !link->pipelining)
        command(link, link->recipient);
    if (link->step == LINK_RCPT)
        command(link, "DATA\r\n");
    wait_for(link, link->step + 1, now_us);
    return false;
}

/* One line of an answer. False: it is none. */
static bool on_line(struct link *link, struct str line, bool *out_whole)
{
    int code = 0;

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    for (size_t i = 0; i < 3; i++) {
        if (i >= line.n || !isdigit((unsigned char)line.p[i]))
            return false;
        code = code * 10 + (line.p[i] - '0');
    }
    if ((line.n > 3 && line.p[3] != ' ' && line.p[3] != '-') ||
        (link->reply_lines > 0 && code != link->reply.code) || ++link->reply_lines > REPLY_LINES)
        return false;
    if (link->reply_lines == 1) {
        link->reply = (struct link_reply){.code = code};
        if (line.n > 4)
            mail_status_read((struct str){line.p + 4, line.n - 4}, &link->reply.status);
        add_text(&link->reply, line.p, line.n);
    } else if (line.n > 4) {
        add_text(&link->reply, line.p + 4, line.n - 4);
    }
    *out_whole = line.n <= 3 || line.p[3] == ' ';
    if (*out_whole)
        link->reply_lines = 0;
    return true;
}

static void fail_reading(struct link *link, const char *why)
{
    link->reply = (struct link_reply){0}; /* half an answer is none */
    link->mute = true;
    close_link(link, why);
}

/* Reads until nothing is there or a message ended. *out_quiet: nothing more is there. */
static bool read_replies(struct link *link, int64_t now_us, struct link_end *out, bool *out_quiet)
{
    *out_quiet = false;
    while (link->state != LINK_CLOSED) {
        char *lf = memchr(link->line, '\n', link->line_n);
        size_t got = 0, used;
        bool whole = false;
        CURLcode rc;

        if (lf) {
            used = (size_t)(lf - link->line) + 1;
            if (link->state == LINK_IDLE ||
                !on_line(link, (struct str){link->line, used - 1}, &whole)) {
                fail_reading(link, link->state == LINK_IDLE
                                       ? _("the mail server ended the connection")
                                       : _("the mail server's answer is not SMTP"));
                return false;
            }
            memmove(link->line, link->line + used, link->line_n - used);
            link->line_n -= used;
            if (whole && on_reply(link, now_us, out))
                return true;
            continue;
        }
        if (link->line_n == sizeof(link->line)) {
            fail_reading(link, _("the mail server's answer is not SMTP"));
            return false;
        }
        rc = curl_easy_recv(link->easy, link->line + link->line_n,
                            sizeof(link->line) - link->line_n, &got);
        if (rc == CURLE_AGAIN) {
            *out_quiet = link->line_n == 0 && link->reply_lines == 0;
            return false;
        }
        if (rc != CURLE_OK || got == 0) {
            fail_reading(link, _("the mail server ended the connection"));
            return false;
        }
        link->line_n += got;
    }
    return false;
}

bool link_break(struct link *link, const char *why, struct link_end *out)
{
    bool active = link->active;

    link->mute = link->mute || active;
    close_link(link, why);
    if (active)
        end_message(link, true, out);
    return active;
}

bool link_run(struct link *link, int64_t now_us, struct link_end *out)
{
    if (link->state == LINK_CONNECTING) {
        run_connecting(link, now_us);
        return false;
    }
    for (bool moved = true; moved && link->state != LINK_CLOSED;) {
        enum link_step step;
        size_t at, text_at;
        bool quiet;

        if (read_replies(link, now_us, out, &quiet)) {
            if (link->state == LINK_BUSY) /* RSET */
                flush(link, false, now_us);
            return true;
        }
        if (link->state != LINK_BUSY)
            break;
        step = link->step;
        at = link->out_at;
        text_at = link->text_at;
        flush(link, quiet, now_us);
        moved = !link->blocked &&
                (step != link->step || at != link->out_at || text_at != link->text_at);
    }
    if (link->state == LINK_BUSY && now_us >= link->deadline_us) {
        link->reply = (struct link_reply){0};
        return link_break(link, _("the mail server did not answer in time"), out);
    }
    if (link->state == LINK_IDLE && now_us >= link->deadline_us)
        close_link(link, "");
    return link->state == LINK_CLOSED && link->active &&
           link_break(link, _("the connection ended"), out);
}

/* ---- the rest ---------------------------------------------------------------------------- */

void link_free(struct link *link)
{
    size_t sent;

    if (!link)
        return;
    if (link->fd != CURL_SOCKET_BAD && !link->mute)
        (void)curl_easy_send(link->easy, "QUIT\r\n", 6, &sent);
    if (link->multi && link->easy)
        curl_multi_remove_handle(link->multi, link->easy);
    curl_easy_cleanup(link->easy);
    curl_multi_cleanup(link->multi);
    buf_release(&link->out);
    free(link);
}

enum link_state link_state(const struct link *link)
{
    return link->state;
}

const struct link_reply *link_reply(const struct link *link)
{
    return &link->reply;
}

bool link_knew(const struct link *link)
{
    return link->knew;
}

int link_sent(const struct link *link)
{
    return link->sent;
}

int64_t link_deadline(const struct link *link)
{
    return link->deadline_us;
}

/* While it connects: of what libcurl waits for. */
static int connecting_fd(const struct link *link, short *out_events)
{
    fd_set in, out, bad;
    int most = -1;

    FD_ZERO(&in);
    FD_ZERO(&out);
    FD_ZERO(&bad);
    if (curl_multi_fdset(link->multi, &in, &out, &bad, &most) != CURLM_OK)
        return -1;
    for (int fd = 0; fd <= most; fd++)
        if (FD_ISSET(fd, &in) || FD_ISSET(fd, &out)) {
            *out_events =
                (short)((FD_ISSET(fd, &in) ? POLLIN : 0) | (FD_ISSET(fd, &out) ? POLLOUT : 0));
            return fd;
        }
    return -1;
}

int link_fd(const struct link *link, short *out_events)
{
    *out_events = POLLIN;
    if (link->state == LINK_CONNECTING)
        return connecting_fd(link, out_events);
    if (link->blocked || link->out_at < link->out.n)
        *out_events |= POLLOUT;
    return (int)link->fd;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/smtp.h"

#include "base/i18n.h"
#include "outreach/mail/lanes.h"
#include "outreach/mail/link.h"

#include <poll.h>

enum {
    WAITING_MOST = 32, /* of one destination beyond those on their way, at least */
    TEXT_MOST = 64 << 20,
    TICK_MS = 20,
    AGAIN_MOST = 5
};
static const int64_t stalled_us = 10 * US_PER_SECOND;
static const int64_t soon_us = US_PER_SECOND;
static const int64_t pause_first_us = 5 * US_PER_SECOND, pause_most_us = 300 * US_PER_SECOND;
static const int64_t more_again_us = 60 * US_PER_SECOND;

struct line { /* a connection and what is on it */
    struct link *link;
    struct job *job;
};
struct answer {
    struct answer *next;
    struct smtp_answer told;
};

/* Connections that are with destinations which have not shown that they answer; of these, with such
 * as have let a message wait for long. */
struct doubtful {
    int all, stalled;
};

struct smtp {
    struct smtp_settings settings;
    char *host, *user, *password, *ca_file, *name; /* owned */
    struct line lines[SMTP_CONNECTIONS_MAX];
    int allowed;        /* connections that the server seems to bear */
    int64_t more_us;    /* when it may bear more again */
    int per_connection; /* as set; settings.per_connection is what it seems to bear */
    int failures;       /* connections that could not be made, one after another */
    int64_t paused_until_us;
    struct lanes lanes;
    struct pace_rules all_rules;
    struct pace all;
    struct answer *first, *last; /* answers that nobody has seen */
    size_t pending;
    int round, promised; /* smtp_round() */
    struct doubtful promised_doubtful;
    int64_t connected, accepted;
};

enum err_code smtp_open(const struct smtp_settings *settings, struct smtp **out, struct err *err)
{
    struct smtp *smtp;

    TRY(smtp_settings_check(settings, err));
    smtp = xcalloc(1, sizeof(*smtp));
    smtp->settings = *settings;
    smtp->settings.host = smtp->host = xstrdup(settings->host);
    smtp->settings.user = smtp->user = xstrdup(settings->user);
    smtp->settings.password = smtp->password = xstrdup(settings->password);
    smtp->settings.ca_file = smtp->ca_file = xstrdup(settings->ca_file);
    smtp->settings.name = smtp->name = xstrdup(settings->name);
    smtp->allowed = settings->connections;
    smtp->per_connection = settings->per_connection;
    smtp->all_rules =
        (struct pace_rules){.per_minute = settings->per_minute, .start = INT_MAX, .most = INT_MAX};
    pace_init(&smtp->all, &smtp->all_rules);
    smtp->lanes.rules = settings->destination;
    *out = smtp;
    return ERR_OK;
}

/* ---- answers ----------------------------------------------------------------------------- */

int64_t smtp_again_us(int64_t now_us, int tries, int64_t tag)
{
    static const int minutes[] = {5, 15, 30, 60, 120, 240};
    size_t i = tries < 0 ? 0 : (size_t)tries;
    int64_t wait = (i < TM_COUNT(minutes) ? minutes[i] : 240) * 60 * US_PER_SECOND;
    uint64_t spread = str_hash((struct str){(const char *)&tag, sizeof(tag)}) % 2001;

    return now_us + wait + wait / 10 * ((int64_t)spread - 1000) / 1000;
}

static void tell(struct smtp *smtp, struct job *job, const struct smtp_answer *answer)
{
    struct answer *kept = xcalloc(1, sizeof(*kept));

    kept->told = *answer;
    kept->told.tag = job->tag;
    if (smtp->last)
        smtp->last->next = kept;
    else
        smtp->first = kept;
    smtp->last = kept;
    smtp->accepted += answer->outcome == CLAIM_ACCEPTED;
    job_free(job);
}

static void tell_later(struct smtp *smtp, struct job *job, const struct link_reply *reply,
                       int64_t now_us)
{
    struct smtp_answer answer = {.outcome = CLAIM_LATER,
                                 .about = SMTP_ABOUT_SERVER,
                                 .code = reply->code,
                                 .status = reply->status,
                                 .next_us = smtp_again_us(now_us, job->tries, job->tag)};

    if (answer.next_us < smtp->paused_until_us)
        answer.next_us = smtp->paused_until_us;
    memcpy(answer.text, reply->text, sizeof(answer.text));
    tell(smtp, job, &answer);
}

static bool asks_for_less(const struct link_reply *reply)
{
    return reply->code == 421 || (reply->code / 100 == 4 && mail_status_slower(&reply->status));
}

/* What a message's end means: the whole of the judgement. */
static void judge(const struct link_end *end, struct smtp_answer *out)
{
    const struct link_reply *reply = &end->reply;

    *out = (struct smtp_answer){.code = reply->code, .status = reply->status};
    memcpy(out->text, reply->text, sizeof(out->text));
    out->slower = !end->lost && asks_for_less(reply);
    if (end->lost) {
        out->outcome = end->gone ? CLAIM_UNCERTAIN : CLAIM_LATER;
        out->about = SMTP_ABOUT_SERVER;
    } else if (reply->code < 400) {
        out->outcome = CLAIM_ACCEPTED;
    } else if (end->step == LINK_MAIL || reply->code == 530 || reply->code == 535) {
        /* Who we are is refused, not the message: the next one would be, too. */
        out->outcome = CLAIM_LATER;
        out->about = SMTP_ABOUT_SERVER;
    } else {
        out->outcome = reply->code >= 500 ? CLAIM_FAILED : CLAIM_LATER;
        out->dead = end->step == LINK_RCPT && out->outcome == CLAIM_FAILED &&
                    (reply->status.kind ? mail_status_dead(&reply->status)
                                        : mail_text_dead(str_of(reply->text)));
    }
}

static void on_end(struct smtp *smtp, struct line *line, const struct link_end *end, int64_t now_us)
{
    struct job *job = line->job;
    struct lane *lane = job->lane;
    struct smtp_answer answer;

    line->job = NULL;
    /* A kept connection that was gone before it said anything: on another one. */
    if (end->lost && end->step == LINK_MAIL && end->reused && job->again < AGAIN_MOST) {
        job->again++;
        smtp->settings.per_connection = link_sent(line->link) - 1;
        smtp->more_us = now_us + more_again_us;
        pace_undo(&lane->pace);
        pace_undo(&smtp->all);
        lane_add(&smtp->lanes, lane, job, true);
        return;
    }
    judge(end, &answer);
    if (answer.outcome == CLAIM_LATER)
        answer.next_us = smtp_again_us(now_us, job->tries, job->tag);
    lane->moved_us = now_us;
    lane->stalled = false;
    pace_end(&lane->pace, &smtp->settings.destination, now_us,
             answer.slower && answer.about == SMTP_ABOUT_RECIPIENT ? PACE_SLOWER
             : end->lost                                           ? PACE_LOST
             : answer.outcome == CLAIM_ACCEPTED                    ? PACE_TAKEN
                                                                   : PACE_ANSWERED);
    pace_end(&smtp->all, &smtp->all_rules, now_us,
             answer.slower && answer.about == SMTP_ABOUT_SERVER ? PACE_SLOWER : PACE_ANSWERED);
    smtp->pending--;
    tell(smtp, job, &answer);
}

/* ---- connections ------------------------------------------------------------------------- */

static int open_lines(const struct smtp *smtp, bool idle)
{
    int n = 0;

    for (int i = 0; i < smtp->settings.connections; i++)
        n += smtp->lines[i].link && (!idle || link_state(smtp->lines[i].link) == LINK_IDLE ||
                                     link_state(smtp->lines[i].link) == LINK_CONNECTING);
    return n;
}

static void end_waiting(struct smtp *smtp, const struct link_reply *why, int64_t now_us)
{
    while (smtp->lanes.turn) {
        struct job *job = lane_take(&smtp->lanes, smtp->lanes.turn);

        smtp->pending--;
        tell_later(smtp, job, why, now_us);
    }
}

/* A connection that could not be made: where others stand, the server bears no more of them;
 * where none does, nobody is kept waiting for it. */
static void on_refused(struct smtp *smtp, const struct link_reply *why, int64_t now_us)
{
    int others = open_lines(smtp, false);

    smtp->failures++;
    smtp->paused_until_us = pause_first_us;
    for (int i = 1; i < smtp->failures && smtp->paused_until_us < pause_most_us; i++)
        smtp->paused_until_us *= 2;
    if (smtp->paused_until_us > pause_most_us)
        smtp->paused_until_us = pause_most_us;
    smtp->paused_until_us += now_us;
    if (others > 0) {
        smtp->allowed = others;
        smtp->more_us = now_us + more_again_us;
        smtp->failures = 0;
    } else {
        end_waiting(smtp, why, now_us);
    }
}

static void run_line(struct smtp *smtp, struct line *line, int64_t now_us)
{
    enum link_state before = link_state(line->link);
    struct link_end end;

    if (link_run(line->link, now_us, &end))
        on_end(smtp, line, &end, now_us);
    if (before == LINK_CONNECTING && link_state(line->link) == LINK_IDLE) {
        smtp->connected++;
        smtp->failures = 0;
        smtp->paused_until_us = TIME_NONE;
    }
    if (link_state(line->link) == LINK_CLOSED) {
        struct link *link = line->link;

        line->link = NULL;
        if (!link_knew(link))
            on_refused(smtp, link_reply(link), now_us);
        link_free(link);
    }
}

/* ---- who is next ------------------------------------------------------------------------- */

static bool is_proven(const struct lane *lane)
{
    return lane->pace.proven;
}

static struct doubtful count_doubtful(struct smtp *smtp, int64_t now_us)
{
    struct doubtful n = {0};

    for (int i = 0; i < smtp->settings.connections; i++) {
        struct job *job = smtp->lines[i].job;

        if (!job)
            continue;
        if (now_us - job->begun_us > stalled_us) {
            job->lane->pace.proven = false;
            job->lane->stalled = true;
            n.stalled++;
        }
        n.all += !is_proven(job->lane);
    }
    return n;
}

/* Half of the connections are for those that have shown that they answer. Where stalled ones fill
 * the other half, destinations of which nothing is known get a part of the first, or nobody new
 * would ever be sent anything meanwhile; those that answer keep a quarter. */
static bool has_share(const struct smtp *smtp, const struct lane *lane, const struct doubtful *n)
{
    const int half = smtp->settings.connections / 2 > 0 ? smtp->settings.connections / 2 : 1;
    const int more = (smtp->settings.connections - half) / 2;

    return is_proven(lane) || n->all < half ||
           (!lane->stalled && n->all - n->stalled < half && n->all < half + more);
}

/* The next message in turn that may go now, or NULL; *wake_us: when one may. */
static struct job *next_job(struct smtp *smtp, const struct doubtful *doubtful, int64_t now_us,
                            int64_t *wake_us)
{
    struct lane *first = smtp->lanes.turn, *lane = first;
    int64_t at_us;

    if (!first)
        return NULL;
    if (!pace_may(&smtp->all, &smtp->all_rules, now_us, &at_us)) {
        if (at_us != TIME_NONE && at_us < *wake_us)
            *wake_us = at_us;
        return NULL;
    }
    do {
        if (has_share(smtp, lane, doubtful)) {
            if (pace_may(&lane->pace, &smtp->settings.destination, now_us, &at_us)) {
                smtp->lanes.turn = lane->after;
                return lane_take(&smtp->lanes, lane);
            }
            if (at_us != TIME_NONE && at_us < *wake_us)
                *wake_us = at_us;
        }
        lane = lane->after;
    } while (lane != first);
    return NULL;
}

static struct line *idle_line(struct smtp *smtp)
{
    for (int i = 0; i < smtp->settings.connections; i++) {
        struct line *line = &smtp->lines[i];

        if (!line->link || link_state(line->link) != LINK_IDLE)
            continue;
        if (link_sent(line->link) < smtp->settings.per_connection)
            return line;
        link_free(line->link);
        line->link = NULL;
    }
    return NULL;
}

/* What the server bore no longer, it may bear again. */
static void expect_more(struct smtp *smtp, int64_t now_us)
{
    if (now_us < smtp->more_us)
        return;
    smtp->more_us = now_us + more_again_us;
    if (smtp->allowed < smtp->settings.connections)
        smtp->allowed++;
    if (smtp->settings.per_connection < smtp->per_connection / 2)
        smtp->settings.per_connection *= 2;
    else
        smtp->settings.per_connection = smtp->per_connection;
}

/* As many new connections as there are messages for. */
static void connect_more(struct smtp *smtp, int64_t now_us)
{
    int want = smtp->lanes.turn ? smtp->lanes.turn->waiting : 0;

    for (const struct lane *l = smtp->lanes.turn ? smtp->lanes.turn->after : NULL;
         l && l != smtp->lanes.turn && want < smtp->settings.connections; l = l->after)
        want += l->waiting;
    expect_more(smtp, now_us);
    want -= open_lines(smtp, true);
    if (now_us < smtp->paused_until_us && open_lines(smtp, false) == 0)
        return;
    for (int i = 0; i < smtp->allowed && want > 0; i++)
        if (!smtp->lines[i].link && open_lines(smtp, false) < smtp->allowed) {
            smtp->lines[i].link = link_new(&smtp->settings, now_us);
            want--;
        }
}

/* Gives messages to the connections that are free. */
static void dispatch(struct smtp *smtp, int64_t now_us, int64_t *wake_us)
{
    struct doubtful doubtful = count_doubtful(smtp, now_us);
    struct line *line;

    while (smtp->lanes.turn && (line = idle_line(smtp))) {
        struct job *job = next_job(smtp, &doubtful, now_us, wake_us);

        if (!job)
            return;
        doubtful.all += !is_proven(job->lane);
        pace_begin(&job->lane->pace, &smtp->settings.destination, now_us);
        job->lane->moved_us = now_us;
        pace_begin(&smtp->all, &smtp->all_rules, now_us);
        job->begun_us = now_us;
        line->job = job;
        link_send(line->link, job->sender, job->recipient, buf_str(&job->text), now_us);
        run_line(smtp, line, now_us);
    }
    if (smtp->lanes.turn)
        connect_more(smtp, now_us);
}

/* ---- the doors --------------------------------------------------------------------------- */

/* Of what holds for all destinations. */
static bool may_any(struct smtp *smtp, int64_t now_us, int64_t *out_us)
{
    int64_t at_us;

    if (now_us < smtp->paused_until_us && open_lines(smtp, false) == 0) {
        *out_us = smtp->paused_until_us;
        return false;
    }
    if (pace_may(&smtp->all, &smtp->all_rules, now_us, &at_us))
        return true;
    if (at_us != TIME_NONE && at_us > *out_us)
        *out_us = at_us;
    return false;
}

/* An address that cannot be read is smtp_put()'s to refuse: it has none. */
static struct lane *lane_to(struct smtp *smtp, struct str recipient)
{
    struct mail_address address;

    return mail_address_read(recipient, &address, NULL) == ERR_OK
               ? lane_known(&smtp->lanes, mail_address_domain(&address))
               : NULL;
}

/* A destination that has had as many as it takes for a while, or is to be spared. */
static bool is_stuck(const struct smtp *smtp, const struct lane *lane, int64_t now_us,
                     int64_t *out_us)
{
    int64_t at_us;

    if (lane->waiting >= WAITING_MOST + 2 * (int)lane->pace.window)
        return true;
    if (pace_may(&lane->pace, &smtp->settings.destination, now_us, &at_us))
        return false;
    if (at_us == TIME_NONE)
        return now_us - lane->moved_us > soon_us;
    if (at_us < *out_us)
        return false;
    *out_us = at_us;
    return true;
}

bool smtp_soon(struct smtp *smtp, struct str recipient, int64_t now_us, int64_t *out_us)
{
    const struct lane *lane;

    *out_us = now_us + soon_us;
    if (!may_any(smtp, now_us, out_us))
        return false;
    lane = lane_to(smtp, recipient);
    return !lane || !is_stuck(smtp, lane, now_us, out_us);
}

/* ---- rounds ------------------------------------------------------------------------------ */

int smtp_round(struct smtp *smtp, int64_t now_us)
{
    int most = smtp->allowed < smtp->settings.pending ? smtp->allowed : smtp->settings.pending;
    int64_t at_us = now_us;

    smtp->round++;
    smtp->promised = 0;
    smtp->promised_doubtful = count_doubtful(smtp, now_us);
    for (const struct lane *first = smtp->lanes.turn, *l = first; l;
         l = l->after == first ? NULL : l->after)
        smtp->promised_doubtful.all += is_proven(l) ? 0 : l->waiting;
    if (!may_any(smtp, now_us, &at_us))
        return 0;
    return most > (int)smtp->pending ? most - (int)smtp->pending : 0;
}

bool smtp_begins(struct smtp *smtp, struct str recipient, int64_t now_us)
{
    int most = smtp->allowed < smtp->settings.pending ? smtp->allowed : smtp->settings.pending;
    struct mail_address address;
    struct lane *lane;
    int64_t at_us;

    if ((int)smtp->pending + smtp->promised >= most)
        return false;
    if (mail_address_read(recipient, &address, NULL) != ERR_OK)
        return true;
    lane = lane_of(&smtp->lanes, mail_address_domain(&address));
    if (lane->round != smtp->round) {
        lane->round = smtp->round;
        lane->promised = 0;
    }
    if (!has_share(smtp, lane, &smtp->promised_doubtful))
        return false;
    if (lane->waiting + lane->promised + lane->pace.in_flight >= (int)lane->pace.window ||
        lane->waiting + lane->promised + lane->pace.in_flight >= smtp->settings.destination.most ||
        !pace_may(&lane->pace, &smtp->settings.destination, now_us, &at_us))
        return false;
    lane->promised++;
    smtp->promised++;
    smtp->promised_doubtful.all += !is_proven(lane);
    return true;
}

/* Lines that begin with a dot get another one (RFC 5321, 4.5.2). */
static void double_dots(struct buf *text)
{
    struct buf out = BUF_INIT(TEXT_MOST);
    const char *at = text->p, *end = text->p + text->n, *found;

    if (text->n && text->p[0] != '.' && !memmem(text->p, text->n, "\n.", 2))
        return;
    if (text->n && text->p[0] == '.')
        buf_addc(&out, '.');
    while ((found = memmem(at, (size_t)(end - at), "\n.", 2))) {
        buf_add(&out, at, (size_t)(found - at) + 2);
        buf_addc(&out, '.');
        at = found + 2;
    }
    buf_add(&out, at, (size_t)(end - at));
    buf_release(text);
    *text = out;
}

static enum err_code check_message(const struct smtp_message *m, struct mail_address *sender,
                                   struct mail_address *recipient, struct err *err)
{
    struct str text = buf_str(m->text);

    *sender = (struct mail_address){0};
    if (m->sender.n)
        TRY(mail_address_read(m->sender, sender, err));
    TRY(mail_address_read(m->recipient, recipient, err));
    if (m->text->failed || text.n > TEXT_MOST / 2)
        return err_set(err, ERR_TOO_LARGE, "the message is too large to be sent");
    if (text.n < 2 || !str_ends(text, "\r\n") || memchr(text.p, 0, text.n))
        return err_set(err, ERR_INVALID, "the message does not end with a line break");
    for (size_t i = 0; i < text.n; i++)
        if ((text.p[i] == '\n' && (i == 0 || text.p[i - 1] != '\r')) ||
            (text.p[i] == '\r' && text.p[i + 1] != '\n'))
            return err_set(err, ERR_INVALID, "the message has a line break that is not CRLF");
    return ERR_OK;
}

enum err_code smtp_put(struct smtp *smtp, const struct smtp_message *message, struct err *err)
{
    struct mail_address sender, recipient;
    struct job *job;

    TRY(check_message(message, &sender, &recipient, err));
    if (smtp->pending >= (size_t)smtp->settings.pending)
        return err_set(err, ERR_BUSY, "%d messages are on their way to the mail server already",
                       smtp->settings.pending);
    job = xcalloc(1, sizeof(*job));
    job->tag = message->tag;
    job->tries = message->tries;
    job->text = *message->text;
    *message->text = BUF_INIT(job->text.limit);
    double_dots(&job->text);
    memcpy(job->sender, sender.text, sizeof(job->sender));
    memcpy(job->recipient, recipient.text, sizeof(job->recipient));
    job->lane = lane_of(&smtp->lanes, mail_address_domain(&recipient));
    lane_add(&smtp->lanes, job->lane, job, false);
    smtp->pending++;
    return ERR_OK;
}

size_t smtp_pending(const struct smtp *smtp)
{
    return smtp->pending;
}

static size_t take_answers(struct smtp *smtp, struct smtp_answer *out, size_t cap)
{
    size_t n = 0;

    while (n < cap && smtp->first) {
        struct answer *answer = smtp->first;

        out[n++] = answer->told;
        smtp->first = answer->next;
        if (!smtp->first)
            smtp->last = NULL;
        free(answer);
    }
    return n;
}

/* Waits until a connection has something, or `until_us`. */
static void wait_for_any(struct smtp *smtp, int64_t now_us, int64_t until_us)
{
    struct pollfd fds[SMTP_CONNECTIONS_MAX];
    int line_of[SMTP_CONNECTIONS_MAX] = {0};
    nfds_t n = 0;
    bool connecting = false;
    int64_t wait;

    for (int i = 0; i < smtp->settings.connections; i++) {
        struct link *link = smtp->lines[i].link;

        if (!link)
            continue;
        connecting = connecting || link_state(link) == LINK_CONNECTING;
        if (link_deadline(link) < until_us)
            until_us = link_deadline(link);
        line_of[n] = i;
        fds[n].revents = 0;
        fds[n].fd = link_fd(link, &fds[n].events);
        n++;
    }
    wait = until_us > now_us ? (until_us - now_us + 999) / 1000 : 0;
    if (connecting && wait > TICK_MS)
        wait = TICK_MS;
    (void)poll(fds, n, (int)(wait > 60000 ? 60000 : wait));
    now_us = timestamp_now();
    for (nfds_t i = 0; i < n; i++) {
        struct line *line = &smtp->lines[line_of[i]];

        if (line->link && (fds[i].revents || link_state(line->link) == LINK_CONNECTING ||
                           now_us >= link_deadline(line->link)))
            run_line(smtp, line, now_us);
    }
}

size_t smtp_poll(struct smtp *smtp, int timeout_ms, struct smtp_answer *out, size_t cap)
{
    int64_t end_us = timestamp_now() + (int64_t)timeout_ms * 1000;

    for (;;) {
        int64_t now_us = timestamp_now(), wake_us = end_us;
        bool over = now_us >= end_us;

        dispatch(smtp, now_us, &wake_us);
        wait_for_any(smtp, now_us, smtp->first || over ? now_us : wake_us);
        if (smtp->first || over)
            return take_answers(smtp, out, cap);
    }
}

void smtp_give_up(struct smtp *smtp)
{
    int64_t now_us = timestamp_now();
    struct link_reply why = {0};

    snprintf(why.text, sizeof(why.text), "%s", _("sending was ended"));
    for (int i = 0; i < smtp->settings.connections; i++) {
        struct line *line = &smtp->lines[i];
        struct link_end end;

        if (!line->link)
            continue;
        if (link_break(line->link, why.text, &end)) {
            end.reused = false; /* it is not tried again here */
            on_end(smtp, line, &end, now_us);
        }
        link_free(line->link);
        line->link = NULL;
    }
    end_waiting(smtp, &why, now_us);
}

void smtp_counts(const struct smtp *smtp, struct smtp_counts *out)
{
    *out = (struct smtp_counts){.connected = smtp->connected,
                                .accepted = smtp->accepted,
                                .connections = open_lines(smtp, false)};
}

void smtp_close(struct smtp *smtp)
{
    struct smtp_answer answer;

    if (!smtp)
        return;
    smtp_give_up(smtp);
    while (take_answers(smtp, &answer, 1) > 0) {
    }
    lanes_release(&smtp->lanes);
    free(smtp->host);
    free(smtp->user);
    if (smtp->password)
        explicit_bzero(smtp->password, strlen(smtp->password));
    free(smtp->password);
    free(smtp->ca_file);
    free(smtp->name);
    free(smtp);
}

void smtp_closep(struct smtp **smtp)
{
    smtp_close(*smtp);
}

enum err_code smtp_try(const struct smtp *smtp, struct err *err)
{
    struct link *link = link_new(&smtp->settings, timestamp_now());
    enum err_code rc = ERR_OK;
    struct link_end end;

    while (link_state(link) == LINK_CONNECTING) {
        struct pollfd fd = {0};

        fd.fd = link_fd(link, &fd.events);
        (void)poll(&fd, fd.fd >= 0, TICK_MS);
        (void)link_run(link, timestamp_now(), &end);
    }
    if (link_state(link) == LINK_CLOSED)
        rc = err_set(err, ERR_UNAVAILABLE, "%s", link_reply(link)->text);
    link_free(link);
    return rc;
}

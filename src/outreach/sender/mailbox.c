/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/sender/mailbox.h"

#include "base/log.h"
#include "base/timestamp.h"
#include "outreach/mail/bounce.h"
#include "outreach/mail/imap_line.h"
#include "outreach/sender/password.h"

#include <arpa/inet.h>
#include <curl/curl.h>
#include <pthread.h>

enum {
    SPAN = 1000, /* numbers that are asked for at once */
    TELLS_MAX = 256 << 10,
    URL_MAX = 2048,
    WORD_MAX = 640,
    TROUBLES = 3
};

struct session {
    const struct mailbox_way *way;
    const struct returns *returns;
    struct returns_counts *counts;
    struct mailbox_trouble *trouble;
    CURL *easy;                  /* owned */
    char base[URL_MAX], *folder; /* "imaps://host:993/"; owned by curl, for addresses */
    char plain[512];             /* the folder as it is */
    struct mailbox_mark mark;
    bool passed_over; /* a mail that could not be fetched, since the mark */
    size_t left;
    struct buf told;
    size_t told_most;
    bool cut;
    char last[200]; /* the last refusal of the server */
    char problem[CURL_ERROR_SIZE];
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

struct mailbox_way mailbox_way_default(const struct store *store, const struct sending *sending)
{
    return (struct mailbox_way){.store = store,
                                .sending = sending,
                                .connect_ms = 15000,
                                .answer_ms = 30000,
                                .whole_ms = 120000};
}

/* ---- libcurl ------------------------------------------------------------------------------ */

/* What is beyond the bound is not wanted: the connection ends there. */
static size_t on_told(char *p, size_t size, size_t n, void *user)
{
    struct session *s = user;
    size_t room = s->told_most - s->told.n;

    s->cut = n > room;
    buf_add(&s->told, p, s->cut ? room : n);
    return s->cut ? 0 : size * n;
}

/* "A003 NO [NONEXISTENT] Mailbox doesn't exist": what comes behind the tag is kept. */
static size_t on_line(char *p, size_t size, size_t n, void *user)
{
    struct session *s = user;
    struct str line = str_trim((struct str){p, n});
    const char *blank = line.n ? memchr(line.p, ' ', line.n) : NULL;
    size_t k = 0;

    if (blank) {
        line.n -= (size_t)(blank + 1 - line.p);
        line.p = blank + 1;
    }
    if (!str_starts(line, "NO") && !str_starts(line, "BAD"))
        return size * n;
    for (; k < line.n && k + 1 < sizeof(s->last); k++)
        s->last[k] = line.p[k] >= 0x20 && line.p[k] < 0x7f ? line.p[k] : '?';
    s->last[k] = '\0';
    return size * n;
}

static int on_progress(void *user, curl_off_t a, curl_off_t b, curl_off_t c, curl_off_t d)
{
    const struct session *s = user;

    (void)a, (void)b, (void)c, (void)d;
    return s->way->over && s->way->over(s->way->ctx);
}

/* That nothing was said at all has one of many reasons. */
static enum err_code no_way(const struct session *s, CURLcode code, const char *why,
                            struct err *err)
{
    switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
        return err_set(
            err, ERR_UNAVAILABLE,
            "the mailbox of what comes back cannot be read: no server has the name of %s", s->base);
    case CURLE_COULDNT_CONNECT:
        return err_set(err, ERR_UNAVAILABLE,
                       "the mailbox of what comes back cannot be read: nobody answers at %s",
                       s->base);
    case CURLE_PEER_FAILED_VERIFICATION:
        return err_set(err, ERR_UNAVAILABLE,
                       "the mailbox of what comes back cannot be read: the certificate of %s is "
                       "not believed: %s",
                       s->base, why);
    case CURLE_SSL_CACERT_BADFILE:
        return err_set(err, ERR_INVALID,
                       "the mailbox of what comes back cannot be read: its ca_file holds no "
                       "certificate: %s",
                       why);
    case CURLE_USE_SSL_FAILED:
        return err_set(err, ERR_UNAVAILABLE,
                       "the mailbox of what comes back cannot be read: %s offers no TLS", s->base);
    default:
        return err_set(err, ERR_UNAVAILABLE, "the mailbox of what comes back cannot be read: %s",
                       why);
    }
}

static enum err_code judge(const struct session *s, CURLcode code, struct err *err)
{
    const char *why = s->problem[0] ? s->problem : curl_easy_strerror(code);

    switch (code) {
    case CURLE_OK:
        return ERR_OK;
    case CURLE_LOGIN_DENIED:
    case CURLE_AUTH_ERROR:
        return err_set(err, ERR_DENIED,
                       "the mailbox of what comes back refuses user and password: %s", s->last);
    case CURLE_OPERATION_TIMEDOUT:
        return err_set(err, ERR_TIMEOUT, "the mailbox of what comes back does not answer: %s", why);
    case CURLE_QUOTE_ERROR: /* the server said NO */
    case CURLE_REMOTE_FILE_NOT_FOUND:
    case CURLE_REMOTE_ACCESS_DENIED:
        return err_set(err, ERR_NOT_FOUND, "the mailbox of what comes back answers: %s", s->last);
    default:
        return no_way(s, code, why, err);
    }
}

/* Sends `word` in the folder, or without one where `of` is NULL; `word` NULL: fetches what `of`
 * names. Fills s->told. */
static CURLcode perform(struct session *s, const char *of, const char *word, size_t most)
{
    char url[URL_MAX + 200];
    CURLcode code;

    snprintf(url, sizeof(url), "%s%s", s->base, of ? of : "");
    buf_reset(&s->told);
    s->told_most = most;
    s->cut = false;
    s->problem[0] = s->last[0] = '\0';
    curl_easy_setopt(s->easy, CURLOPT_URL, url);
    curl_easy_setopt(s->easy, CURLOPT_CUSTOMREQUEST, word);
    code = curl_easy_perform(s->easy);
    return s->cut && !word ? CURLE_OK : code;
}

static enum err_code ask(struct session *s, const char *of, const char *word, struct err *err)
{
    TRY(judge(s, perform(s, of, word, TELLS_MAX), err));
    return buf_check(&s->told, err);
}

/* ---- opening ------------------------------------------------------------------------------ */

/* The folder goes into commands within quotes, and libcurl takes percent signs out of them. */
static bool is_folder(const char *name)
{
    for (const char *p = name; *p; p++)
        if (*p < 0x20 || *p > 0x7e || strchr("\"\\%", *p))
            return false;
    return *name;
}

/* An address, not a name that begins like one. */
static bool is_here(const char *host)
{
    struct in_addr four;

    return strcmp(host, "localhost") == 0 || strcmp(host, "[::1]") == 0 ||
           (inet_pton(AF_INET, host, &four) == 1 && ntohl(four.s_addr) >> 24 == 127);
}

static char *part_of(CURLU *url, CURLUPart part, unsigned flags)
{
    char *text = NULL;

    return curl_url_get(url, part, &text, flags) == CURLUE_OK ? text : NULL;
}

struct address {
    char *scheme, *host, *port, *path; /* owned by curl */
};

static void address_release(struct address *a)
{
    curl_free(a->scheme);
    curl_free(a->host);
    curl_free(a->port);
    curl_free(a->path);
}

static bool address_read(const char *text, struct address *out)
{
    CURLU *url = curl_url();
    char *user = NULL, *query = NULL;
    bool fits = url && curl_url_set(url, CURLUPART_URL, text, 0) == CURLUE_OK;

    if (fits) {
        out->scheme = part_of(url, CURLUPART_SCHEME, 0);
        out->host = part_of(url, CURLUPART_HOST, 0);
        out->port = part_of(url, CURLUPART_PORT, CURLU_DEFAULT_PORT);
        out->path = part_of(url, CURLUPART_PATH, CURLU_URLDECODE);
        user = part_of(url, CURLUPART_USER, 0);
        query = part_of(url, CURLUPART_QUERY, 0);
        fits = out->scheme && out->host && out->port && out->path && !user && !query &&
               (strcmp(out->scheme, "imaps") == 0 || strcmp(out->scheme, "imap") == 0);
    }
    curl_free(user);
    curl_free(query);
    curl_url_cleanup(url);
    return fits;
}

static enum err_code set_address(struct session *s, struct err *err)
{
    const struct sending *sending = s->way->sending;
    struct address a = {0};
    enum err_code rc = ERR_OK;
    long tls;

    if (!address_read(sending->mailbox.url, &a)) {
        rc = err_set(err, ERR_INVALID,
                     "sending.mailbox.url is no address such as imaps://mail.shop.example/INBOX");
    } else {
        tls = strcmp(a.scheme, "imap") == 0 && is_here(a.host) ? CURLUSESSL_NONE : CURLUSESSL_ALL;
        curl_easy_setopt(s->easy, CURLOPT_USE_SSL, tls);
        snprintf(s->base, sizeof(s->base), "%s://%s:%s/", a.scheme, a.host, a.port);
        snprintf(s->plain, sizeof(s->plain), "%s", a.path[1] ? a.path + 1 : "INBOX");
        s->folder = curl_easy_escape(s->easy, s->plain, 0);
    }
    if (rc == ERR_OK && (!is_folder(s->plain) ||
                         (sending->mailbox.move_to[0] && !is_folder(sending->mailbox.move_to))))
        rc = err_set(err, ERR_INVALID,
                     "the names of folders in sending.mailbox are written as the mail server does, "
                     "without quotes, backslashes and percent signs");
    address_release(&a);
    return rc;
}

static enum err_code set_secrets(struct session *s, struct err *err)
{
    const struct sending *sending = s->way->sending;
    TM_CLEANUP(buf_release) struct buf password = BUF_INIT(SENDER_PASSWORD_MAX + 1);
    char path[2048];

    TRY(sender_password(s->way->store, sending->mailbox.password_file,
                        sending->mailbox.password_env, &password, err));
    curl_easy_setopt(s->easy, CURLOPT_USERNAME, sending->mailbox.user);
    curl_easy_setopt(s->easy, CURLOPT_PASSWORD, buf_cstr(&password));
    if (password.p)
        explicit_bzero(password.p, password.n);
    if (!sending->mailbox.ca_file[0])
        return ERR_OK;
    TRY(sender_path(s->way->store, sending->mailbox.ca_file, path, sizeof(path), err));
    curl_easy_setopt(s->easy, CURLOPT_CAINFO, path);
    return ERR_OK;
}

static enum err_code open_session(struct session *s, struct err *err)
{
    const struct mailbox_way *way = s->way;

    pthread_once(&once, begin);
    s->easy = curl_easy_init();
    if (!s->easy)
        return err_set(err, ERR_MEMORY, "there is no memory for another connection");
    s->told = BUF_INIT(BOUNCE_BYTES + TELLS_MAX);
    curl_easy_setopt(s->easy, CURLOPT_PROTOCOLS_STR, "imap,imaps");
    curl_easy_setopt(s->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(s->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(s->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(s->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)way->connect_ms);
    curl_easy_setopt(s->easy, CURLOPT_SERVER_RESPONSE_TIMEOUT, (long)(way->answer_ms + 999) / 1000);
    curl_easy_setopt(s->easy, CURLOPT_LOW_SPEED_LIMIT, 1L);
    curl_easy_setopt(s->easy, CURLOPT_LOW_SPEED_TIME, (long)(way->answer_ms + 999) / 1000);
    curl_easy_setopt(s->easy, CURLOPT_TIMEOUT_MS, (long)way->whole_ms);
    curl_easy_setopt(s->easy, CURLOPT_WRITEFUNCTION, on_told);
    curl_easy_setopt(s->easy, CURLOPT_WRITEDATA, s);
    curl_easy_setopt(s->easy, CURLOPT_HEADERFUNCTION, on_line);
    curl_easy_setopt(s->easy, CURLOPT_HEADERDATA, s);
    curl_easy_setopt(s->easy, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(s->easy, CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(s->easy, CURLOPT_XFERINFODATA, s);
    curl_easy_setopt(s->easy, CURLOPT_ERRORBUFFER, s->problem);
    TRY(set_address(s, err));
    return set_secrets(s, err);
}

static void close_session(struct session *s)
{
    curl_free(s->folder);
    curl_easy_cleanup(s->easy);
    buf_release(&s->told);
}

/* ---- the mark ----------------------------------------------------------------------------- */

/* By which the mailbox is known: another user's is another one. */
static struct str name_of(const struct session *s, char out[URL_MAX + 800])
{
    snprintf(out, URL_MAX + 800, "%s%s %s", s->base, s->plain, s->way->sending->mailbox.user);
    return str_of(out);
}

static enum err_code remember(struct session *s, int64_t uid, struct err *err)
{
    char name[URL_MAX + 800];

    s->mark.uid = uid;
    return outbox_mailbox_set(s->returns->outbox, name_of(s, name), &s->mark, err);
}

/* ---- one mail ----------------------------------------------------------------------------- */

static void path_of(const struct session *s, const char *rest, char out[URL_MAX])
{
    snprintf(out, URL_MAX, "%s;UIDVALIDITY=%" PRId64 "%s", s->folder, s->mark.validity, rest);
}

/* *out_gone: somebody else took it away. */
static enum err_code fetch(struct session *s, int64_t uid, bool *out_gone, struct err *err)
{
    char rest[100], path[URL_MAX];
    CURLcode code;

    snprintf(rest, sizeof(rest), "/;UID=%" PRId64 "/;PARTIAL=0.%d", uid, BOUNCE_BYTES);
    path_of(s, rest, path);
    code = perform(s, path, NULL, BOUNCE_BYTES);
    *out_gone = code == CURLE_REMOTE_FILE_NOT_FOUND;
    return *out_gone ? ERR_OK : judge(s, code, err);
}

static enum err_code tell_about(struct session *s, int64_t uid, const char *verb, const char *what,
                                struct err *err)
{
    char path[URL_MAX], word[WORD_MAX];

    path_of(s, "", path);
    snprintf(word, sizeof(word), "UID %s %" PRId64 "%s", verb, uid, what);
    return ask(s, path, word, err);
}

/* A plain EXPUNGE would take away what others have marked. */
static enum err_code put_away(struct session *s, int64_t uid, struct err *err)
{
    const struct sending *sending = s->way->sending;
    char to[WORD_MAX];

    if (sending->mailbox.move_to[0]) {
        snprintf(to, sizeof(to), " \"%s\"", sending->mailbox.move_to);
        return tell_about(s, uid, "MOVE", to, err);
    }
    if (!sending->mailbox.remove)
        return ERR_OK;
    TRY(tell_about(s, uid, "STORE", " +FLAGS.SILENT (\\Deleted)", err));
    return tell_about(s, uid, "EXPUNGE", "", err);
}

static enum err_code take_mail(struct session *s, const struct imap_mail *mail, struct err *err)
{
    const int64_t before = s->counts->unproved;
    bool gone;

    TRY(fetch(s, mail->uid, &gone, err));
    s->left--;
    if (gone)
        return remember(s, mail->uid, err);
    TRY(returns_take(s->returns, buf_str(&s->told), mail->at_us, s->counts, err));
    TRY(remember(s, mail->uid, err));
    if (s->counts->unproved == before)
        return put_away(s, mail->uid, err);
    return mail->seen ? ERR_OK : tell_about(s, mail->uid, "STORE", " -FLAGS.SILENT (\\Seen)", err);
}

/* One that cannot be fetched time and again is passed over once a later one can be. */
static enum err_code take_or_pass(struct session *s, const struct imap_mail *mail, struct err *err)
{
    struct mailbox_trouble *t = s->trouble;
    enum err_code rc;

    if (t->uid == mail->uid && t->times >= TROUBLES) {
        s->passed_over = true;
        return ERR_OK;
    }
    rc = take_mail(s, mail, err);
    if (rc == ERR_OK && s->passed_over) {
        log_line(LOG_WARN, "sending",
                 "mail uid=%" PRId64 " of what came back cannot be read, and is passed over",
                 t->uid);
        s->passed_over = false;
        *t = (struct mailbox_trouble){0};
    } else if (rc != ERR_OK && s->mark.uid < mail->uid && !s->passed_over) {
        t->times = t->uid == mail->uid ? t->times + 1 : 1;
        t->uid = mail->uid;
    }
    return rc;
}

/* ---- the mailbox -------------------------------------------------------------------------- */

static int by_uid(const void *a, const void *b)
{
    const struct imap_mail *x = a, *y = b;

    return (x->uid > y->uid) - (x->uid < y->uid);
}

static enum err_code list(struct session *s, int64_t from, int64_t to, struct imap_mail *out,
                          size_t *out_n, struct err *err)
{
    char path[URL_MAX], word[WORD_MAX];
    struct str told, line;
    struct imap_mail mail;

    *out_n = 0;
    path_of(s, "", path);
    snprintf(word, sizeof(word), "UID FETCH %" PRId64 ":%" PRId64 " (UID FLAGS INTERNALDATE)", from,
             to);
    TRY(ask(s, path, word, err));
    told = buf_str(&s->told);
    while (*out_n < SPAN && imap_line(&told, &line))
        if (imap_mail(line, &mail) && mail.uid >= from && mail.uid <= to)
            out[(*out_n)++] = mail;
    qsort(out, *out_n, sizeof(*out), by_uid);
    return ERR_OK;
}

/* What is in the mailbox with numbers from `from` to `to`. */
static enum err_code read_span(struct session *s, int64_t from, int64_t to, struct err *err)
{
    struct imap_mail mails[SPAN];
    size_t n;

    TRY(list(s, from, to, mails, &n, err));
    for (size_t i = 0; i < n && s->left; i++)
        TRY(take_or_pass(s, &mails[i], err));
    return s->left && !s->passed_over && s->mark.uid < to ? remember(s, to, err) : ERR_OK;
}

static enum err_code ask_status(struct session *s, const char *folder, int64_t *out_validity,
                                int64_t *out_next, struct err *err)
{
    char word[WORD_MAX];
    struct str told, line;
    bool found = false;

    snprintf(word, sizeof(word), "STATUS \"%s\" (UIDVALIDITY UIDNEXT)", folder);
    TRY(ask(s, NULL, word, err));
    told = buf_str(&s->told);
    while (!found && imap_line(&told, &line))
        found = imap_status(line, out_validity, out_next);
    return found ? ERR_OK
                 : err_set(err, ERR_UNAVAILABLE,
                           "the mailbox of what comes back does not number its mails");
}

static enum err_code read_status(struct session *s, int64_t *out_next, struct err *err)
{
    char name[URL_MAX + 800];
    int64_t validity = 0;

    TRY(ask_status(s, s->plain, &validity, out_next, err));
    TRY(outbox_mailbox(s->returns->outbox, name_of(s, name), &s->mark, err));
    if (s->mark.validity != validity) /* numbered anew: from the beginning */
        s->mark = (struct mailbox_mark){validity, 0};
    return ERR_OK;
}

static enum err_code read_all(struct session *s, bool *out_more, struct err *err)
{
    int64_t next = 0, from;

    TRY(open_session(s, err));
    TRY(read_status(s, &next, err));
    for (from = s->mark.uid + 1; from < next && s->left; from += SPAN)
        TRY(read_span(s, from, from + SPAN < next ? from + SPAN - 1 : next - 1, err));
    *out_more = !s->left;
    return ERR_OK;
}

enum err_code mailbox_read(const struct mailbox_way *way, const struct returns *returns,
                           size_t most, struct mailbox_trouble *io_trouble,
                           struct returns_counts *io, bool *out_more, struct err *err)
{
    struct session s = {
        .way = way, .returns = returns, .counts = io, .trouble = io_trouble, .left = most};
    enum err_code rc;

    *out_more = false;
    rc = read_all(&s, out_more, err);
    close_session(&s);
    return rc;
}

static enum err_code try_folders(struct session *s, struct err *err)
{
    const char *to = s->way->sending->mailbox.move_to;
    int64_t validity, next;

    TRY(open_session(s, err));
    TRY(ask_status(s, s->plain, &validity, &next, err));
    return to[0] ? ask_status(s, to, &validity, &next, err) : ERR_OK;
}

enum err_code mailbox_try(const struct mailbox_way *way, struct err *err)
{
    struct session s = {.way = way};
    enum err_code rc = try_folders(&s, err);

    close_session(&s);
    return rc;
}

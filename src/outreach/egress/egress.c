/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/egress/egress.h"

#include "base/i18n.h"

#include <curl/curl.h>
#include <pthread.h>
#include <sys/socket.h>

struct call {
    struct call *next;
    int64_t tag;
    int tries;
    CURL *easy;
    struct curl_slist *headers, *connect_to;
    struct buf answer;
    bool barred;   /* its name led to where nothing may go */
    bool answered; /* it is in `ended` */
    CURLcode code;
};

struct egress {
    struct egress_settings settings;
    char ca_file[1024], connect_to[256];
    CURLM *multi;
    struct call *calls; /* all, the newest first */
    size_t pending;
};

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

void egress_settings_default(struct egress_settings *out)
{
    *out = (struct egress_settings){
        .ca_file = "", .connect_to = "", .connections = 8, .connect_ms = 10000, .whole_ms = 30000};
}

static enum err_code no_memory(struct err *err)
{
    return err_set(err, ERR_MEMORY, _("there is no memory for another connection"));
}

enum err_code egress_new(const struct egress_settings *settings, struct egress **out,
                         struct err *err)
{
    struct egress *e;
    CURLM *multi;

    pthread_once(&once, begin);
    multi = curl_multi_init();
    if (!multi)
        return no_memory(err);
    e = xcalloc(1, sizeof(*e));
    e->settings = *settings;
    e->multi = multi;
    snprintf(e->ca_file, sizeof(e->ca_file), "%s", settings->ca_file);
    snprintf(e->connect_to, sizeof(e->connect_to), "%s", settings->connect_to);
    curl_multi_setopt(e->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, (long)settings->connections);
    curl_multi_setopt(e->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
    *out = e;
    return ERR_OK;
}

static void call_free(struct egress *e, struct call *call)
{
    curl_multi_remove_handle(e->multi, call->easy);
    curl_easy_cleanup(call->easy);
    curl_slist_free_all(call->headers);
    curl_slist_free_all(call->connect_to);
    buf_release(&call->answer);
    free(call);
}

void egress_free(struct egress *e)
{
    if (!e)
        return;
    while (e->calls) {
        struct call *call = e->calls;

        e->calls = call->next;
        call_free(e, call);
    }
    curl_multi_cleanup(e->multi);
    free(e);
}

/* ---- one request -------------------------------------------------------------------------- */

static size_t on_body(char *p, size_t size, size_t n, void *user)
{
    struct call *call = user;
    size_t room = EGRESS_BODY_MAX - call->answer.n;

    buf_add(&call->answer, p, size * n < room ? size * n : room);
    return size * n;
}

/* Every connection begins here, with the address that it is made to. */
static curl_socket_t on_socket(void *user, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct call *call = user;

    if (purpose != CURLSOCKTYPE_IPCXN || !egress_public(&address->addr)) {
        call->barred = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static void set_way(const struct egress *e, struct call *call)
{
    const struct egress_settings *s = &e->settings;

    curl_easy_setopt(call->easy, CURLOPT_PROTOCOLS_STR, s->rules.plain ? "https,http" : "https");
    curl_easy_setopt(call->easy, CURLOPT_PROXY, "");
    curl_easy_setopt(call->easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    curl_easy_setopt(call->easy, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(call->easy, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(call->easy, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    curl_easy_setopt(call->easy, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(call->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)s->connect_ms);
    curl_easy_setopt(call->easy, CURLOPT_TIMEOUT_MS, (long)s->whole_ms);
    curl_easy_setopt(call->easy, CURLOPT_WRITEFUNCTION, on_body);
    curl_easy_setopt(call->easy, CURLOPT_WRITEDATA, call);
    curl_easy_setopt(call->easy, CURLOPT_PRIVATE, call);
    if (e->ca_file[0])
        curl_easy_setopt(call->easy, CURLOPT_CAINFO, e->ca_file);
    if (e->connect_to[0]) {
        call->connect_to = curl_slist_append(NULL, e->connect_to);
        curl_easy_setopt(call->easy, CURLOPT_CONNECT_TO, call->connect_to);
    }
    if (!s->rules.private_network) {
        curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETFUNCTION, on_socket);
        curl_easy_setopt(call->easy, CURLOPT_OPENSOCKETDATA, call);
    }
}

static void set_request(struct call *call, const struct egress_request *r, const char *url)
{
    curl_easy_setopt(call->easy, CURLOPT_URL, url);
    curl_easy_setopt(call->easy, r->get ? CURLOPT_HTTPGET : CURLOPT_POST, 1L);
    if (!r->get) {
        curl_easy_setopt(call->easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
        curl_easy_setopt(call->easy, CURLOPT_COPYPOSTFIELDS, r->body.p ? r->body.p : "");
    }
    call->headers = curl_slist_append(NULL, "Expect:");
    for (size_t i = 0; i < r->header_count; i++)
        call->headers = curl_slist_append(call->headers, r->headers[i]);
    curl_easy_setopt(call->easy, CURLOPT_HTTPHEADER, call->headers);
    curl_easy_setopt(call->easy, CURLOPT_USERAGENT, "Tidemark/" TIDEMARK_VERSION);
    if (r->user) {
        curl_easy_setopt(call->easy, CURLOPT_HTTPAUTH, (long)CURLAUTH_BASIC);
        curl_easy_setopt(call->easy, CURLOPT_USERNAME, r->user);
        curl_easy_setopt(call->easy, CURLOPT_PASSWORD, r->password);
    }
    curl_easy_setopt(call->easy, CURLOPT_FRESH_CONNECT, r->once ? 1L : 0L);
    curl_easy_setopt(call->easy, CURLOPT_FORBID_REUSE, r->once ? 1L : 0L);
}

static enum err_code check_headers(const struct egress_request *r, struct err *err)
{
    if (r->header_count > EGRESS_HEADERS_MAX)
        return err_set(err, ERR_TOO_LARGE, _("a request has at most %d headers"),
                       EGRESS_HEADERS_MAX);
    for (size_t i = 0; i < r->header_count; i++)
        for (const char *p = r->headers[i]; *p; p++)
            if ((unsigned char)*p < ' ' || (unsigned char)*p >= 0x7f)
                return err_set(err, ERR_INVALID, _("a header has only printable ASCII"));
    return ERR_OK;
}

enum err_code egress_put(struct egress *e, const struct egress_request *request, struct err *err)
{
    char url[EGRESS_URL_MAX + 1];
    struct call *call;
    CURL *easy;

    TRY(egress_check(request->url, &e->settings.rules, err));
    TRY(check_headers(request, err));
    if (e->pending >= EGRESS_PENDING_MAX)
        return err_set(err, ERR_BUSY, _("too many requests are on their way"));
    snprintf(url, sizeof(url), "%.*s", (int)request->url.n, request->url.p);
    easy = curl_easy_init();
    if (!easy)
        return no_memory(err);
    call = xcalloc(1, sizeof(*call));
    *call = (struct call){.tag = request->tag,
                          .tries = request->tries,
                          .easy = easy,
                          .answer = BUF_INIT(EGRESS_BODY_MAX + 1),
                          .next = e->calls};
    set_way(e, call);
    set_request(call, request, url);
    curl_multi_add_handle(e->multi, call->easy);
    e->calls = call;
    e->pending++;
    return ERR_OK;
}

/* ---- answers ------------------------------------------------------------------------------ */

static void tell(const struct call *call, struct egress_answer *out)
{
    long status = 0, sent = 0;
    curl_off_t wait = 0;

    curl_easy_getinfo(call->easy, CURLINFO_RESPONSE_CODE, &status);
    curl_easy_getinfo(call->easy, CURLINFO_REQUEST_SIZE, &sent);
    curl_easy_getinfo(call->easy, CURLINFO_RETRY_AFTER, &wait);
    out->end = status >= 200 ? EGRESS_ANSWERED : sent > 0 ? EGRESS_UNKNOWN : EGRESS_NOT_SENT;
    if (out->end == EGRESS_ANSWERED) {
        out->status = (int)status;
        out->retry_after_s = wait > 0 && wait < 7 * 86400 ? (int)wait : 0;
    } else if (call->barred) {
        snprintf(out->text, sizeof(out->text), "%s",
                 _("its name leads into a private network, not to a server of the internet"));
    } else {
        snprintf(out->text, sizeof(out->text), "%s", curl_easy_strerror(call->code));
    }
}

static void take(struct egress *e, struct call *call, struct egress_answer *out)
{
    struct call **at = &e->calls;

    *out = (struct egress_answer){.tag = call->tag, .tries = call->tries};
    tell(call, out);
    out->body = call->answer;
    call->answer = BUF_INIT(0);
    while (*at != call)
        at = &(*at)->next;
    *at = call->next;
    e->pending--;
    call_free(e, call);
}

/* Marks those that libcurl is done with. */
static void note_ended(struct egress *e)
{
    CURLMsg *message;
    int left;

    while ((message = curl_multi_info_read(e->multi, &left))) {
        struct call *call = NULL;

        if (message->msg != CURLMSG_DONE)
            continue;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, (char **)&call);
        call->code = message->data.result;
        call->answered = true;
    }
}

static size_t take_ended(struct egress *e, struct egress_answer *out, size_t cap)
{
    size_t n = 0;

    for (struct call *call = e->calls, *next; call && n < cap; call = next) {
        next = call->next;
        if (call->answered)
            take(e, call, &out[n++]);
    }
    return n;
}

size_t egress_poll(struct egress *e, int timeout_ms, struct egress_answer *out, size_t cap)
{
    int running = 0;
    size_t n;

    curl_multi_perform(e->multi, &running);
    note_ended(e);
    n = take_ended(e, out, cap);
    if (n || !e->pending || timeout_ms <= 0)
        return n;
    curl_multi_poll(e->multi, NULL, 0, timeout_ms, NULL);
    curl_multi_perform(e->multi, &running);
    note_ended(e);
    return take_ended(e, out, cap);
}

size_t egress_pending(const struct egress *e)
{
    return e->pending;
}

void egress_give_up(struct egress *e)
{
    for (struct call *call = e->calls; call; call = call->next) {
        if (call->answered)
            continue;
        curl_multi_remove_handle(e->multi, call->easy);
        call->code = CURLE_ABORTED_BY_CALLBACK;
        call->answered = true;
    }
}

/* ---- one by itself ------------------------------------------------------------------------ */

static enum err_code wait_for(struct egress *e, struct str url, struct egress_answer *out,
                              struct err *err)
{
    TRY(egress_put(e, &(struct egress_request){.url = url, .get = true}, err));
    while (!egress_poll(e, 200, out, 1)) {
    }
    return ERR_OK;
}

enum err_code egress_get(const struct egress_settings *settings, struct str url, struct buf *out,
                         struct err *err)
{
    struct egress_answer answer = {.end = EGRESS_NOT_SENT};
    struct egress *e;
    enum err_code rc;

    TRY(egress_new(settings, &e, err));
    rc = wait_for(e, url, &answer, err);
    if (answer.end == EGRESS_ANSWERED)
        snprintf(answer.text, sizeof(answer.text), "HTTP %d", answer.status);
    if (rc == ERR_OK && (answer.end != EGRESS_ANSWERED || answer.status != 200))
        rc = err_set(err, ERR_IO, "\"%.*s\" could not be had: %s", (int)url.n, url.p, answer.text);
    else if (rc == ERR_OK && answer.body.n >= EGRESS_BODY_MAX)
        rc = err_set(err, ERR_IO, "\"%.*s\" could not be had: it is longer than %d bytes",
                     (int)url.n, url.p, EGRESS_BODY_MAX);
    if (rc == ERR_OK) {
        buf_adds(out, buf_str(&answer.body));
        rc = buf_check(out, err);
    }
    buf_release(&answer.body);
    egress_free(e);
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The whole way of a message by the real sender: sending DATA MESSAGES CONNECTIONS KEY|-. A shop is
 * made in a new folder below TMPDIR, with as many messages planned as are asked for: the starter
 * "cart-1" with the cart of DATA, each with a name of its own. They are claimed (the gate asked),
 * composed, their links signed, written down, signed (DKIM, with a KEY), handed over to a mail
 * server on the same machine that takes everything, and settled.
 *
 * Beside it, in the same run: as many messages of the same bytes handed over to the same server by
 * the same connections, with nothing else done. Prints for both messages a second of wall time and
 * processor microseconds a message, and what the whole way costs against the other. Each message
 * must have come exactly once. */
#include "base/file.h"
#include "outreach/mail/smtp.h"
#include "outreach/sender/sender.h"
#include "taker.h"

#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <time.h>

enum { FILE_MAX = 1 << 20, PLANNED_AT_ONCE = 2000, FIXED_MAX = 256 << 10 };

static struct err err = ERR_INIT;

struct bench {
    struct taker taker;
    struct buf data;
    char folder[512];
    int messages, connections;
    const char *key;
};
struct cost {
    double wall, cpu;
};

static double seconds_of(clockid_t id)
{
    struct timespec t;

    clock_gettime(id, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct cost now(void)
{
    return (struct cost){seconds_of(CLOCK_MONOTONIC), seconds_of(CLOCK_PROCESS_CPUTIME_ID)};
}

static struct cost since(struct cost began)
{
    struct cost c = now();

    return (struct cost){c.wall - began.wall, c.cpu - began.cpu};
}

static void address_of(int n, char *out, size_t size)
{
    snprintf(out, size, "ok.%d@d%d.example", n, n % 100);
}

/* ---- a shop ------------------------------------------------------------------------------- */

static enum err_code write_settings(const struct bench *b)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(FILE_MAX), path = BUF_INIT(1024);

    buf_addf(&text,
             "shop: Tea & Co\ncurrency: EUR\nsending:\n"
             "  marketing: {name: Tea, address: news@shop.example}\n"
             "  transactional: {name: Tea, address: orders@shop.example}\n"
             "  postal_address: 1 Example Street\n  url: https://shop.example\n"
             "  bounce_domain: bounce.shop.example\n"
             "  smtp: {host: 127.0.0.1, port: %d, tls: off, connections: %d}\n"
             "  caps: []\n  hours: {email: always}\n  same_after_days: 0\n",
             b->taker.smtp_port, b->connections);
    if (strcmp(b->key, "-") != 0)
        buf_addf(&text, "  dkim: {key_file: %s, domain: shop.example, selector: s1}\n", b->key);
    buf_addf(&path, "%s/tidemark.yaml", b->folder);
    return file_replace(buf_cstr(&path), buf_str(&text), &err);
}

/* The given data, told of one person. */
static enum err_code write_data(struct str object, int n, struct buf *out)
{
    buf_reset(out);
    buf_addf(out, "{\"message\": \"cart-1\", \"contact\": {\"first_name\": \"Ann %d\"},", n);
    buf_add(out, object.p + 1, object.n - 1);
    return buf_check(out, &err);
}

static enum err_code plan_one(struct outbox *o, struct consents *c, struct str object, int n,
                              struct buf *data)
{
    struct outbox_message m = {.campaign = 1,
                               .person = (uint64_t)n + 1,
                               .channel = "email",
                               .purpose = "marketing",
                               .zone = "UTC",
                               .language = "en",
                               .planned_us = timestamp_now(),
                               .next_us = timestamp_now(),
                               .not_after_us = timestamp_now() + US_PER_DAY};
    struct consent_fact fact = {.kind = IDENTIFIER_EMAIL,
                                .channel = STR_LIT("email"),
                                .state = CONSENT_GRANTED,
                                .when_us = timestamp_now() - US_PER_DAY,
                                .source = STR_LIT("shop"),
                                .method = STR_LIT("form")};
    bool new;

    address_of(n, m.address, sizeof(m.address));
    fact.address = str_of(m.address);
    pseudonym_email(consents_keys(c), fact.address, &m.who);
    TRY(write_data(object, n, data));
    TRY(consents_add(c, &fact, &new, &err));
    return outbox_plan(o, &m, buf_str(data), &new, &err);
}

static enum err_code plan_some(struct outbox *o, struct consents *c, struct str object, int from,
                               int to)
{
    TM_CLEANUP(buf_release) struct buf data = BUF_INIT(OUTBOX_DATA_MAX);
    enum err_code rc = ERR_OK;

    TRY(consents_begin(c, &err));
    TRY(outbox_begin(o, &err));
    for (int n = from; rc == ERR_OK && n < to; n++)
        rc = plan_one(o, c, object, n, &data);
    rc = outbox_end(o, rc, &err);
    return consents_end(c, rc, &err);
}

static enum err_code plan(const struct bench *b, struct store *store)
{
    struct consents *c = NULL;
    struct outbox *o = NULL;
    enum err_code rc;

    TRY(outbox_open(store, &o, &err));
    rc = consents_open(store, &c, &err);
    for (int n = 0; rc == ERR_OK && n < b->messages; n += PLANNED_AT_ONCE)
        rc = plan_some(o, c, buf_str(&b->data), n,
                       n + PLANNED_AT_ONCE < b->messages ? n + PLANNED_AT_ONCE : b->messages);
    if (rc == ERR_OK)
        rc = outbox_begin(o, &err);
    if (rc == ERR_OK)
        rc = outbox_end(o, outbox_arm(o, &err), &err);
    consents_close(c);
    outbox_close(o);
    return rc;
}

/* ---- the whole way ------------------------------------------------------------------------ */

static enum err_code send_all(const struct bench *b, struct store *store, struct cost *out)
{
    struct settings settings;
    const struct sender_settings how = {
        .store = store, .settings = &settings, .base = "https://links.shop.example", .alone = true};
    struct cost began = now();
    struct sender *sender = NULL;
    enum err_code rc;
    bool busy;

    TRY(settings_of(store, &settings, &err));
    TRY(sender_open(&how, &sender, &err));
    rc = sender_connect(sender, timestamp_now(), &err);
    while (rc == ERR_OK && sender_counts(sender)->accepted < b->messages && since(began).wall < 600)
        rc = sender_turn(sender, 20, &busy, &err);
    *out = since(began);
    if (rc == ERR_OK)
        rc = sender_end(sender, &err);
    if (rc == ERR_OK && sender_counts(sender)->accepted != b->messages)
        rc = err_set(&err, ERR_INTERNAL, "%" PRId64 " of %d were accepted",
                     sender_counts(sender)->accepted, b->messages);
    sender_close(sender);
    return rc;
}

static enum err_code whole_way(const struct bench *b, struct cost *out)
{
    struct store *store = NULL;
    enum err_code rc;

    TRY(store_open(b->folder, &store, &err));
    rc = plan(b, store);
    if (rc == ERR_OK)
        rc = send_all(b, store, out);
    store_close(store);
    return rc;
}

/* ---- beside it ---------------------------------------------------------------------------- */

static enum err_code put_one(struct smtp *smtp, int n, size_t bytes)
{
    struct buf text = BUF_INIT(FIXED_MAX);
    char to[64];

    address_of(n, to, sizeof(to));
    buf_addf(&text, "Message-ID: <f%d@shop.example>\r\n\r\n", n);
    while (text.n < bytes)
        buf_addz(&text, "The same line again and again, as long as the lines of a message are, "
                        "76 in.\r\n");
    return smtp_put(
        smtp,
        &(struct smtp_message){
            .tag = n, .sender = STR_LIT("b@shop.example"), .recipient = str_of(to), .text = &text},
        &err);
}

static enum err_code bytes_alone(const struct bench *b, size_t bytes, struct cost *out)
{
    TM_CLEANUP(smtp_closep) struct smtp *smtp = NULL;
    struct smtp_settings s;
    struct smtp_answer answers[64];
    struct cost began = now();
    int put = 0, ended = 0;

    smtp_settings_default(&s);
    s.host = "127.0.0.1";
    s.port = b->taker.smtp_port;
    s.tls = SMTP_TLS_OFF;
    s.name = "shop.example";
    s.connections = s.destination.most = b->connections;
    s.pending = 2 * b->connections;
    TRY(smtp_open(&s, &smtp, &err));
    while (ended < b->messages) {
        size_t n;

        while (put < b->messages && smtp_pending(smtp) < (size_t)s.pending)
            TRY(put_one(smtp, put++, bytes));
        n = smtp_poll(smtp, 20, answers, TM_COUNT(answers));
        for (size_t i = 0; i < n; i++)
            if (answers[i].outcome != CLAIM_ACCEPTED)
                return err_set(&err, ERR_INTERNAL, "%s", answers[i].text);
        ended += (int)n;
    }
    *out = since(began);
    return ERR_OK;
}

/* ---- all of it ---------------------------------------------------------------------------- */

static void print(const char *what, struct cost c, int messages)
{
    printf("%-42s %8.0f messages/s %8.0f us each\n", what, messages / c.wall,
           c.cpu * 1e6 / messages);
}

static enum err_code check_taken(const struct bench *b, int64_t *io_ids)
{
    int64_t came = b->taker.seen->ids - *io_ids;

    *io_ids = b->taker.seen->ids;
    for (int n = 0; n < b->messages; n++)
        if (b->taker.seen->times[n] != 1)
            return err_set(&err, ERR_INTERNAL, "recipient %d got %d", n, b->taker.seen->times[n]);
    return came == b->messages
               ? ERR_OK
               : err_set(&err, ERR_INTERNAL, "%" PRId64 " of %d came", came, b->messages);
}

static enum err_code run(struct bench *b)
{
    struct cost whole, alone;
    int64_t ids = 0, bytes;

    TRY(write_settings(b));
    TRY(whole_way(b, &whole));
    TRY(check_taken(b, &ids));
    bytes = b->taker.seen->bytes / b->messages;
    taker_forget(&b->taker);
    TRY(bytes_alone(b, (size_t)bytes, &alone));
    TRY(check_taken(b, &ids));
    printf("%d messages of %" PRId64 " bytes, %d connections, DKIM %s\n", b->messages, bytes,
           b->connections, strcmp(b->key, "-") == 0 ? "off" : "on");
    print("claimed, composed, handed over, settled", whole, b->messages);
    print("the same bytes handed over, nothing else", alone, b->messages);
    printf("%.2f of its rate, %.1f times its processor time\n", alone.wall / whole.wall,
           whole.cpu / alone.cpu);
    return ERR_OK;
}

int main(int argc, char **argv)
{
    struct bench b = {.data = BUF_INIT(FILE_MAX), .folder = ""};
    enum err_code rc;
    double cpu;

    if (argc != 5) {
        fprintf(stderr, "sending DATA MESSAGES CONNECTIONS KEY|-\n");
        return 64;
    }
    signal(SIGPIPE, SIG_IGN);
    b.messages = (int)strtol(argv[2], NULL, 10);
    b.connections = (int)strtol(argv[3], NULL, 10);
    b.key = argv[4];
    if (b.messages < 1 || b.messages > TAKER_NUMBERS || !taker_start(&b.taker)) {
        fprintf(stderr, "%s\n", strerror(errno));
        return 1;
    }
    rc = folder_temporary(b.folder, sizeof(b.folder), &err);
    if (rc == ERR_OK)
        rc = file_read(argv[1], FILE_MAX, &b.data, &err);
    if (rc == ERR_OK)
        rc = run(&b);
    cpu = taker_end(&b.taker);
    if (rc == ERR_OK)
        printf("the server beside took %.0f us each\n", cpu * 1e6 / 2 / b.messages);
    else
        fprintf(stderr, "%s %s\n", err.msg, err.context);
    folder_remove(b.folder);
    buf_release(&b.data);
    return rc != ERR_OK;
}

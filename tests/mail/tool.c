/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The e-mail channel for the tests beside it, which are in Python:
 *
 *     mail-tool write KEY|- [DOMAIN SELECTOR]    a message in all its parts, on standard output
 *     mail-tool record KEY DOMAIN SELECTOR       name and text of its TXT record
 *     mail-tool send HOST PORT [NAME=VALUE...]   to the addresses on standard input, one a line; a
 *                                                line on standard output for each answer: number
 *                                                of the address from 0, outcome, about, code,
 *                                                status, dead, slower, wait in s, text, by tabs;
 *                                                at last a line of counts
 *     mail-tool bounce FILE...                   file and what came back in it, by a tab
 */
#include "base/file.h"
#include "base/timestamp.h"
#include "outreach/mail/bounce.h"
#include "outreach/mail/mail.h"
#include "outreach/mail/smtp.h"

#include <signal.h>

enum { ADDRESSES = 200000 };

static int fail(const struct err *err)
{
    fprintf(stderr, "mail-tool: %s\n", err->msg);
    return 1;
}

static void sample(struct mail *out)
{
    static const struct mail_header own[] = {{"Feedback-ID", {"12:shop:tidemark", 16}}};

    *out = (struct mail){
        .from_name = str_of("متجر النخيل"),
        .from = str_of("news@shop.example"),
        .to_name = str_of("สมชาย ใจดี"),
        .to = str_of("somchai@mail.example"),
        .reply_to = str_of("help@shop.example"),
        .subject = str_of("مرحبًا، طلبك في الطريق — พัสดุของคุณกำลังมา ไม่ต้องรอนานอีกต่อไป และขอบคุณ"),
        .html = str_of("<p dir=rtl>مرحبًا</p>\n<p>a = b   c</p>\n.\n\n\n"),
        .text = str_of("สวัสดี\n\n  a = b   \n.\n..\nFrom here\n\n\n"),
        .message_id = str_of("m1.abc@shop.example"),
        .date_us = INT64_C(1795425300) * US_PER_SECOND,
        .list_id = str_of("news.shop.example"),
        .unsubscribe_url =
            str_of("https://shop.example/u/0123456789abcdef0123456789abcdef0123456789"
                   "abcdef0123456789abcdef0123456789abcdef"),
        .unsubscribe_mail = str_of("leave@shop.example"),
        .headers = own,
        .header_count = TM_COUNT(own),
    };
}

static int write_one(int argc, char **argv)
{
    struct dkim_key *key = NULL;
    struct buf out = BUF_INIT(1 << 24), name = BUF_INIT(1024);
    struct err err = ERR_INIT;
    struct mail mail;

    sample(&mail);
    if (argc < 3 || (strcmp(argv[2], "-") && argc != 5))
        return 64;
    if (strcmp(argv[2], "-") && dkim_key_open(argv[2], argv[3], argv[4], &key, &err) != ERR_OK)
        return fail(&err);
    if (strcmp(argv[1], "write") == 0 ? mail_write(&mail, key, &out, &err) != ERR_OK
                                      : dkim_record(key, &name, &out, &err) != ERR_OK)
        return fail(&err);
    if (name.n)
        printf("%s ", buf_cstr(&name));
    fwrite(out.p, 1, out.n, stdout);
    dkim_key_free(key);
    buf_release(&out);
    buf_release(&name);
    return 0;
}

/* ---- send -------------------------------------------------------------------------------- */

static const char *text_of(int argc, char **argv, const char *name, const char *otherwise)
{
    size_t n = strlen(name);

    for (int i = 4; i < argc; i++)
        if (strncmp(argv[i], name, n) == 0 && argv[i][n] == '=')
            return argv[i] + n + 1;
    return otherwise;
}

static int number_of(int argc, char **argv, const char *name, int otherwise)
{
    const char *text = text_of(argc, argv, name, NULL);

    return text ? (int)strtol(text, NULL, 10) : otherwise;
}

static void read_settings(int argc, char **argv, struct smtp_settings *s)
{
    smtp_settings_default(s);
    s->host = argv[2];
    s->port = (int)strtol(argv[3], NULL, 10);
    s->tls = (enum smtp_tls)number_of(argc, argv, "tls", SMTP_TLS_OFF);
    s->user = text_of(argc, argv, "user", "");
    s->password = text_of(argc, argv, "password", "");
    s->ca_file = text_of(argc, argv, "ca", "");
    s->connect_ms = number_of(argc, argv, "connect_ms", 5000);
    s->command_ms = number_of(argc, argv, "command_ms", 30000);
    s->last_ms = number_of(argc, argv, "last_ms", 30000);
    s->idle_ms = number_of(argc, argv, "idle_ms", s->idle_ms);
    s->connections = number_of(argc, argv, "connections", s->connections);
    s->per_connection = number_of(argc, argv, "per_connection", s->per_connection);
    s->pending = number_of(argc, argv, "pending", s->pending);
    s->per_minute = number_of(argc, argv, "per_minute", 0);
    s->destination.most = number_of(argc, argv, "most", s->destination.most);
    s->destination.start = number_of(argc, argv, "start", s->destination.start);
    s->destination.per_minute = number_of(argc, argv, "destination_per_minute", 0);
}

struct address {
    char *text;
    int64_t ask_us;
    bool put;
};

static size_t read_addresses(struct address *out)
{
    char *line = NULL;
    size_t size = 0, n = 0;
    ssize_t length;

    while (n < ADDRESSES && (length = getline(&line, &size, stdin)) > 0) {
        line[strcspn(line, "\n")] = 0;
        out[n++].text = xstrdup(line);
    }
    free(line);
    return n;
}

static void print_answer(const struct smtp_answer *a)
{
    static const char *const outcomes[] = {"accepted", "failed", "later", "uncertain"};

    printf("%" PRId64 "\t%s\t%s\t%d\t%d.%d.%d\t%d\t%d\t%" PRId64 "\t%s\n", a->tag,
           outcomes[a->outcome], a->about == SMTP_ABOUT_SERVER ? "server" : "recipient", a->code,
           a->status.kind, a->status.subject, a->status.detail, a->dead, a->slower,
           a->outcome == CLAIM_LATER ? (a->next_us - timestamp_now()) / US_PER_SECOND : 0, a->text);
}

static void print_invalid(size_t i, struct err *err)
{
    for (char *p = err->msg; *p; p++)
        if ((unsigned char)*p < ' ')
            *p = '?';
    printf("%zu\tinvalid\tmessage\t0\t0.0.0\t0\t0\t0\t%s\n", i, err->msg);
}

/* Puts what there is room for. Returns how many are answered by that. */
static size_t put_some(struct smtp *smtp, size_t pending, const struct dkim_key *key,
                       struct address *all, size_t n, size_t *first)
{
    size_t ended = 0;
    int64_t now_us = timestamp_now();

    while (*first < n && all[*first].put)
        ++*first;
    for (size_t i = *first; i < n && i < *first + 5000; i++) {
        struct buf text = BUF_INIT(1 << 24);
        struct err err = ERR_INIT;
        struct mail mail;
        char id[100];

        if (all[i].put || now_us < all[i].ask_us)
            continue;
        if (smtp_pending(smtp) >= pending ||
            !smtp_soon(smtp, str_of(all[i].text), now_us, &all[i].ask_us)) {
            all[i].ask_us = now_us + 50000;
            continue;
        }
        sample(&mail);
        snprintf(id, sizeof(id), "m%zu.abc@shop.example", i);
        mail.message_id = str_of(id);
        mail.to = str_of(all[i].text);
        all[i].put = true;
        if (mail_write(&mail, key, &text, &err) != ERR_OK ||
            smtp_put(smtp,
                     &(struct smtp_message){.tag = (int64_t)i,
                                            .sender = STR_LIT("bounce@shop.example"),
                                            .recipient = mail.to,
                                            .text = &text},
                     &err) != ERR_OK) {
            print_invalid(i, &err);
            ended++;
        }
        buf_release(&text);
    }
    return ended;
}

static int send_all(int argc, char **argv)
{
    struct address *all = xcalloc(ADDRESSES, sizeof(*all));
    size_t n = read_addresses(all), ended = 0, first = 0;
    int stop_ms = number_of(argc, argv, "stop_ms", 0);
    int64_t stop_us = stop_ms ? timestamp_now() + (int64_t)stop_ms * 1000 : INT64_MAX;
    struct smtp_settings settings;
    struct smtp_answer answers[64];
    struct smtp_counts counts;
    struct smtp *smtp = NULL;
    struct dkim_key *key = NULL;
    const char *key_file = text_of(argc, argv, "key", NULL);
    struct err err = ERR_INIT;

    if (key_file && dkim_key_open(key_file, "shop.example", "s1", &key, &err) != ERR_OK)
        return fail(&err);
    read_settings(argc, argv, &settings);
    if (smtp_open(&settings, &smtp, &err) != ERR_OK)
        return fail(&err);
    while (ended < n && (timestamp_now() < stop_us || smtp_pending(smtp) > 0)) {
        size_t got;

        if (timestamp_now() < stop_us)
            ended += put_some(smtp, (size_t)settings.pending, key, all, n, &first);
        else
            smtp_give_up(smtp);
        got = smtp_poll(smtp, 50, answers, TM_COUNT(answers));
        for (size_t i = 0; i < got; i++)
            print_answer(&answers[i]);
        fflush(stdout);
        ended += got;
    }
    for (size_t got = 1; got > 0;) {
        got = smtp_poll(smtp, 0, answers, TM_COUNT(answers));
        for (size_t i = 0; i < got; i++)
            print_answer(&answers[i]);
    }
    smtp_counts(smtp, &counts);
    printf("counts\t%" PRId64 "\t%" PRId64 "\n", counts.connected, counts.accepted);
    smtp_close(smtp);
    dkim_key_free(key);
    for (size_t i = 0; i < n; i++)
        free(all[i].text);
    free(all);
    return 0;
}

static int judge_each(int argc, char **argv)
{
    struct err err = ERR_INIT;

    for (int i = 2; i < argc; i++) {
        TM_CLEANUP(buf_release) struct buf mail = BUF_INIT(BOUNCE_BYTES + 1);
        struct bounce bounce;

        if (file_read(argv[i], BOUNCE_BYTES, &mail, &err) != ERR_OK)
            return fail(&err);
        bounce_read(NULL, STR_NONE, buf_str(&mail), &bounce);
        printf("%s\t%s\n", argv[i], bounce_kind_name(bounce.kind));
    }
    return 0;
}

int main(int argc, char **argv)
{
    signal(SIGPIPE, SIG_IGN);
    if (argc >= 4 && strcmp(argv[1], "send") == 0)
        return send_all(argc, argv);
    if (argc >= 3 && (strcmp(argv[1], "write") == 0 || strcmp(argv[1], "record") == 0))
        return write_one(argc, argv);
    if (argc >= 3 && strcmp(argv[1], "bounce") == 0)
        return judge_each(argc, argv);
    fprintf(stderr, "mail-tool: write, record, send or bounce\n");
    return 64;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Requests that go out, for the tests beside it, which are in Python:
 *
 *     outgoing-tool [NAME=VALUE...] URL...    to each address; a line on standard output for each
 *                                             answer: its number from 0, how it ended, status,
 *                                             seconds to wait, body, what went wrong, by tabs.
 *                                             A line "put" for one that was refused at once
 *     outgoing-tool [NAME=VALUE...] sns=1     a call of SNS on standard input: its certificate is
 *                                             fetched, what it confirms is confirmed; what came
 *                                             of it by words
 */
#include "outreach/egress/egress.h"
#include "outreach/mail/provider.h"

#include <signal.h>

static const char *const ends[] = {"answered", "not sent", "unknown"};

static const char *text_of(char **argv, const char *name, const char *otherwise)
{
    size_t n = strlen(name);

    for (; *argv; argv++)
        if (strncmp(*argv, name, n) == 0 && (*argv)[n] == '=')
            return *argv + n + 1;
    return otherwise;
}

static bool is_url(const char *text)
{
    const char *equals = strchr(text, '='), *slash = strchr(text, '/');

    return !equals || (slash && slash < equals);
}

static void put(struct egress *e, char **argv, int64_t tag, const char *url)
{
    const char *const headers[] = {"Content-Type: application/json"};
    struct egress_request request = {.tag = tag,
                                     .url = str_of(url),
                                     .body = str_of(text_of(argv, "body", "{}")),
                                     .headers = headers,
                                     .header_count = 1,
                                     .user = text_of(argv, "user", NULL),
                                     .password = text_of(argv, "password", ""),
                                     .once = *text_of(argv, "once", "")};
    struct err err = ERR_INIT;

    if (egress_put(e, &request, &err) != ERR_OK)
        printf("%" PRId64 "\tput\t0\t0\t\t%s\n", tag, err.msg);
}

static void print(const struct egress_answer *a)
{
    printf("%" PRId64 "\t%s\t%d\t%d\t", a->tag, ends[a->end], a->status, a->retry_after_s);
    for (size_t i = 0; i < a->body.n; i++)
        putchar((unsigned char)a->body.p[i] < ' ' ? '?' : a->body.p[i]);
    printf("\t%s\n", a->text);
    fflush(stdout);
}

/* As the server does it (src/web/reported.c), on the way that the settings say. */
static int sns(const struct egress_settings *settings, const char *topic)
{
    struct buf body = BUF_INIT(PROVIDER_BODY_MAX), pem = BUF_INIT(EGRESS_BODY_MAX + 1),
               told = BUF_INIT(EGRESS_BODY_MAX + 1);
    struct json_parser *parser = json_parser_new(PROVIDER_BODY_MAX);
    struct provider_call call = {.body = STR_NONE};
    struct provider_secret secret = {.secret = "", .topic = topic};
    struct err err = ERR_INIT;
    char chunk[4096];
    struct str url;

    for (size_t n; (n = fread(chunk, 1, sizeof(chunk), stdin)) > 0;)
        buf_add(&body, chunk, n);
    call.body = buf_str(&body);
    if (json_parse(parser, call.body, &call.root, &err) != ERR_OK)
        return 1;
    url = provider_certificate_url(&call);
    if (!url.n) {
        printf("no address of a certificate\n");
    } else if (egress_get(settings, url, &pem, &err) != ERR_OK) {
        printf("no certificate: %s\n", err.msg);
    } else {
        secret.certificate = buf_str(&pem);
        printf("%s\n",
               provider_proven(SENDING_PROVIDER_SES, &secret, &call) ? "proven" : "not proven");
    }
    url = provider_confirm_url(&call);
    if (url.n)
        printf("%s\n", egress_get(settings, url, &told, &err) == ERR_OK ? "confirmed" : err.msg);
    json_parser_free(parser);
    buf_release(&body);
    buf_release(&pem);
    buf_release(&told);
    return 0;
}

int main(int argc, char **argv)
{
    struct egress_settings settings;
    struct egress_answer answers[16];
    struct egress *e = NULL;
    struct err err = ERR_INIT;
    int64_t tag = 0;

    (void)argc;
    signal(SIGPIPE, SIG_IGN);
    egress_settings_default(&settings);
    settings.ca_file = text_of(argv + 1, "ca", "");
    settings.connect_to = text_of(argv + 1, "connect_to", "");
    settings.rules = (struct egress_rules){.plain = *text_of(argv + 1, "plain", ""),
                                           .any_port = *text_of(argv + 1, "port", ""),
                                           .private_network = *text_of(argv + 1, "private", "")};
    settings.whole_ms = (int)strtol(text_of(argv + 1, "whole_ms", "10000"), NULL, 10);
    settings.connections = (int)strtol(text_of(argv + 1, "connections", "8"), NULL, 10);
    if (*text_of(argv + 1, "sns", ""))
        return sns(&settings, text_of(argv + 1, "topic", ""));
    if (egress_new(&settings, &e, &err) != ERR_OK)
        return 1;
    for (char **at = argv + 1; *at; at++) {
        if (!is_url(*at))
            continue;
        put(e, argv + 1, tag++, *at);
        if (*text_of(argv + 1, "row", "")) /* one after the other */
            while (egress_pending(e))
                for (size_t i = 0, n = egress_poll(e, 100, answers, 16); i < n; i++) {
                    print(&answers[i]);
                    buf_release(&answers[i].body);
                }
    }
    if (*text_of(argv + 1, "give_up", ""))
        egress_give_up(e);
    while (egress_pending(e))
        for (size_t i = 0, n = egress_poll(e, 100, answers, 16); i < n; i++) {
            print(&answers[i]);
            buf_release(&answers[i].body);
        }
    egress_free(e);
    return 0;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Requests that go out, for the tests beside it, which are in Python:
 *
 *     outgoing-tool [NAME=VALUE...] URL...    to each address; a line on standard output for each
 *                                             answer: its number from 0, how it ended, status,
 *                                             seconds to wait, body, what went wrong, by tabs.
 *                                             A line "put" for one that was refused at once
 */
#include "outreach/egress/egress.h"

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

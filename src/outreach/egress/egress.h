/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* egress.h - the front of src/outreach/egress: the one way by which requests go out over HTTP to
 * addresses that people write down (webhooks, services that send text messages).
 *
 * An address leads to a server of the open internet or nowhere. What a name means is looked at in
 * the moment of each connection (egress_public()), so that a name which means something else by
 * then gains nothing, and neither does another way to write an address down. No redirect is
 * followed, no proxy of the environment used, no cookie kept. https on port 443; more only by
 * `rules`, which stand where only who has the machine can write.
 *
 * An answer is read up to EGRESS_BODY_MAX and is for the program, not for people: it may hold what
 * the far side would not show them.
 *
 * One thread at a time for each struct. SIGPIPE must be ignored.
 */
#ifndef TM_OUTREACH_EGRESS_EGRESS_H
#define TM_OUTREACH_EGRESS_EGRESS_H

#include "base/buf.h"

enum {
    EGRESS_URL_MAX = 2000,
    EGRESS_BODY_MAX = 16 << 10, /* of an answer; what follows is not kept */
    EGRESS_HEADERS_MAX = 16,
    EGRESS_PENDING_MAX = 10000,
    EGRESS_TEXT_MAX = 256
};

struct egress_rules {
    bool plain;           /* http, too */
    bool any_port;        /* else 443, and 80 for http */
    bool private_network; /* also the shop's own network and machine */
};

struct sockaddr;
/* Whether an address is a server's of the open internet, by IANA's registries of special addresses
 * (RFC 6890); IPv4 inside IPv6 is looked at as what it is. */
bool egress_public(const struct sockaddr *address);
/* Whether such an address may be written down; connects to nothing and looks nothing up.
 * ERR_INVALID says what is wrong with it. */
TM_MUST_CHECK enum err_code egress_check(struct str url, const struct egress_rules *rules,
                                         struct err *err);

struct egress_settings {
    struct egress_rules rules;
    const char *ca_file; /* "": those that the system trusts */
    /* "HOST:PORT:HOST:PORT" (CURLOPT_CONNECT_TO): where a server of that name stands in a test; its
     * certificate is still the name's, and private_network still says whether it may. "": nowhere.
     */
    const char *connect_to;
    int connections; /* at most */
    int connect_ms, whole_ms;
};
/* 8 connections, 10 s to connect, 30 s for all of a request. */
void egress_settings_default(struct egress_settings *out);

struct egress;
/* Copies the settings. ERR_MEMORY. */
TM_MUST_CHECK enum err_code egress_new(const struct egress_settings *settings, struct egress **out,
                                       struct err *err);
void egress_free(
    struct egress *egress); /* what is still here ends without an answer; NULL is fine */

/* All is copied. */
struct egress_request {
    int64_t tag; /* comes back with the answer, as the next */
    int tries;   /* before this one; the caller's */
    struct str url, body;
    const char *const *headers; /* "Name: value", printable ASCII, at most EGRESS_HEADERS_MAX */
    size_t header_count;
    const char *user, *password; /* Basic; NULL: without */
    /* A kept connection that turns out to be dead is not tried anew by libcurl: for what must not
     * arrive twice. */
    bool once;
    bool get; /* asks for it, without a body */
};
/* Sends it, by POST unless `get`, as soon as a connection is free. ERR_INVALID: it cannot be sent,
 * whenever it is tried; ERR_BUSY: EGRESS_PENDING_MAX are here. */
TM_MUST_CHECK enum err_code egress_put(struct egress *egress, const struct egress_request *request,
                                       struct err *err);

enum egress_end {
    EGRESS_ANSWERED,
    EGRESS_NOT_SENT, /* surely: no byte of it went out */
    EGRESS_UNKNOWN   /* it went out, if not whole, and no answer came */
};
struct egress_answer {
    int64_t tag;
    int tries;
    enum egress_end end;
    int status;                 /* of EGRESS_ANSWERED */
    int retry_after_s;          /* as the far side asks; 0: it does not */
    struct buf body;            /* owned by the caller: buf_release() */
    char text[EGRESS_TEXT_MAX]; /* what went wrong, ours; "" */
};
/* How many requests have no answer yet that egress_poll() told. */
size_t egress_pending(const struct egress *egress);
/* Works until there is an answer or timeout_ms are over. */
size_t egress_poll(struct egress *egress, int timeout_ms, struct egress_answer *out, size_t cap);
/* What is here ends now; the answers are told by egress_poll(). */
void egress_give_up(struct egress *egress);

/* What one address answers by 200 to GET, waited for: whole_ms at most. ERR_IO: anything else, or
 * EGRESS_BODY_MAX and more of it. */
TM_MUST_CHECK enum err_code egress_get(const struct egress_settings *settings, struct str url,
                                       struct buf *out, struct err *err);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fake_channel.h - a channel of tests: takes what it is given and answers it at the next poll, the
 * newest first.
 *
 *     static struct fake_channel fake = {.answer = good};
 *     const struct channel channel = {.name = "email", .self = &fake, .calls = &fake_calls};
 */
#ifndef TM_TESTS_UNIT_OUTREACH_FAKE_CHANNEL_H
#define TM_TESTS_UNIT_OUTREACH_FAKE_CHANNEL_H

#include "outreach/sender/channel.h"

enum { FAKE_PLACES = 16 };

struct fake_message {
    int64_t id;  /* of the outbox */
    int address; /* the number in "p7@mail.example"; 0: none */
};

struct fake_channel {
    struct fake_message on_way[FAKE_PLACES];
    size_t n, places; /* on their way; how many at most, 0: FAKE_PLACES */
    int put;          /* ever */
    bool silent;      /* answers nothing until it is told to end */
    /* What becomes of one; NULL: accepted. */
    void (*answer)(const struct fake_message *message, struct channel_answer *out);
};

static enum err_code fake_write(void *self, const struct outbox_message *m,
                                const struct composed *words, const char *url, struct buf *out,
                                struct err *err)
{
    (void)self, (void)m, (void)words, (void)url, (void)err;
    buf_addz(out, "text");
    return ERR_OK;
}

static size_t fake_free(void *self, int64_t now_us, size_t *out_most)
{
    const struct fake_channel *f = self;

    (void)now_us;
    *out_most = f->places ? f->places : FAKE_PLACES;
    return *out_most - f->n;
}

static bool fake_room(void *self, const char *address, int64_t now_us, int64_t *out_us)
{
    (void)self, (void)address;
    *out_us = now_us;
    return true;
}

static enum err_code fake_put(void *self, const struct outbox_message *m, struct buf *text,
                              struct err *err)
{
    struct fake_channel *f = self;

    (void)text, (void)err;
    f->on_way[f->n++] = (struct fake_message){m->id, (int)strtol(m->address + 1, NULL, 10)};
    f->put++;
    return ERR_OK;
}

static size_t fake_pending(const void *self)
{
    return ((const struct fake_channel *)self)->n;
}

static size_t fake_poll(void *self, int timeout_ms, struct channel_answer *out, size_t cap)
{
    struct fake_channel *f = self;
    size_t n = 0;

    (void)timeout_ms;
    while (f->n && !f->silent && n < cap) {
        const struct fake_message *m = &f->on_way[--f->n];

        out[n] = (struct channel_answer){.id = m->id, .outcome = CLAIM_ACCEPTED};
        if (f->answer)
            f->answer(m, &out[n]);
        n++;
    }
    return n;
}

static void fake_give_up(void *self)
{
    ((struct fake_channel *)self)->silent = false;
}

static void fake_close(void *self)
{
    (void)self;
}

static const struct channel_calls fake_calls = {.write = fake_write,
                                                .free = fake_free,
                                                .room = fake_room,
                                                .put = fake_put,
                                                .pending = fake_pending,
                                                .poll = fake_poll,
                                                .give_up = fake_give_up,
                                                .close = fake_close};

/* A message_words of no words. */
__attribute__((unused)) static enum err_code fake_words(void *ctx, const struct outbox_message *m,
                                                        struct str data, const char *url,
                                                        int64_t now_us, struct composed *out,
                                                        struct err *err)
{
    (void)ctx, (void)m, (void)data, (void)url, (void)now_us, (void)out, (void)err;
    return ERR_OK;
}

#endif

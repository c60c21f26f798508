/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Letters are written each once, by whomever; what cannot be written says why; what is taken back
 * nobody works on any more. */
#include "outreach/sender/writers.h"

#include "tap.h"

enum { LETTERS = 400 };

static atomic_int written;

/* Every seventh cannot be. */
static enum err_code write_one(void *self, const struct outbox_message *m,
                               const struct composed *words, const char *url, struct buf *out,
                               struct err *err)
{
    (void)self;
    atomic_fetch_add(&written, 1);
    for (int i = 0; i < 200; i++)
        buf_addf(out, "%s to %" PRId64 "\n", url, m->id);
    buf_adds(out, buf_str(&words->parts[MESSAGE_TEXT]));
    return m->id % 7 ? buf_check(out, err)
                     : err_set(err, ERR_INVALID, "message %" PRId64 " has no end", m->id);
}

static const struct channel_calls calls = {.write = write_one};
static struct channel channel = {.name = "email", .calls = &calls};
static struct letter letters[LETTERS];

static void begin(struct writers *w)
{
    for (int i = 0; i < LETTERS; i++) {
        struct letter *l = &letters[i];

        *l = (struct letter){.message = {.id = i, .transactional = true}, .channel = &channel};
        composed_init(&l->words);
        buf_addf(&l->words.parts[MESSAGE_TEXT], "words %d", i);
        l->url = BUF_INIT(100);
        buf_addz(&l->url, "https://a.example");
        l->text = BUF_INIT(1 << 20);
        writers_add(w, l);
    }
}

static void end(void)
{
    for (int i = 0; i < LETTERS; i++) {
        composed_release(&letters[i].words);
        buf_release(&letters[i].url);
        buf_release(&letters[i].text);
    }
}

static void each_once(bool helped)
{
    struct writers *w = writers_new();
    int good = 0, unfit = 0, told = 0;
    char last[40];

    atomic_store(&written, 0);
    begin(w);
    while (helped && writers_help(w)) {
    }
    for (int i = 0; i < LETTERS; i++) {
        struct letter *l = &letters[i];

        while (letter_state(l) < LETTER_WRITTEN)
            if (!writers_help(w))
                writers_take_back(w, l); /* somebody has begun it: waits for that */
        snprintf(last, sizeof(last), "\nwords %d", i);
        good += letter_state(l) == LETTER_WRITTEN && str_ends(buf_str(&l->text), last);
        unfit += letter_state(l) == LETTER_UNFIT;
        snprintf(last, sizeof(last), "message %d has no end", i);
        told += letter_state(l) == LETTER_UNFIT && strcmp(l->why.msg, last) == 0;
    }
    CHECK_MSG(atomic_load(&written) == LETTERS, "%d were written", atomic_load(&written));
    CHECK_MSG(good == LETTERS - LETTERS / 7 - 1, "%d came out whole", good);
    CHECK_MSG(unfit == LETTERS / 7 + 1 && told == unfit, "%d could not be, %d say why", unfit,
              told);
    writers_free(w);
    end();
}

/* From the front, the end and between. */
static void taken_back(void)
{
    struct writers *w = writers_new();
    int left = 0, states[LETTERS];

    atomic_store(&written, 0);
    begin(w);
    for (int i = 0; i < LETTERS; i += 2)
        writers_take_back(w, &letters[i]);
    for (int i = LETTERS - 1; i > 0; i -= 2)
        writers_take_back(w, &letters[i]);
    for (int i = 0; i < LETTERS; i++) {
        states[i] = (int)letter_state(&letters[i]);
        left += states[i] >= LETTER_WRITTEN;
    }
    CHECK_MSG(!writers_help(w), "none is left");
    CHECK_MSG(atomic_load(&written) == left, "%d had been begun, and are whole", left);
    writers_free(w);
    end();
}

int main(void)
{
    for (int i = 0; i < 8; i++) {
        each_once(i % 2);
        taken_back();
    }
    return tap_done();
}

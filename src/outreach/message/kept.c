/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/message/kept.h"

#include <pthread.h>

struct entry {
    char name[NAMED_NAME_BYTES]; /* by which it was asked for */
    struct message *message;     /* owned */
    struct buf text;             /* that it was read from */
    size_t held;
    bool old; /* another took its place: goes when nobody holds it */
    struct entry *next;
};

struct kept_messages {
    pthread_mutex_t lock;
    struct entry *entries; /* owned */
};

struct kept_messages *kept_messages_new(void)
{
    struct kept_messages *kept = xcalloc(1, sizeof(*kept));

    pthread_mutex_init(&kept->lock, NULL);
    return kept;
}

static void free_entry(struct entry *e)
{
    message_free(e->message);
    buf_release(&e->text);
    free(e);
}

void kept_messages_free(struct kept_messages *kept)
{
    if (!kept)
        return;
    for (struct entry *e = kept->entries, *next; e; e = next) {
        next = e->next;
        assert(!e->held);
        free_entry(e);
    }
    pthread_mutex_destroy(&kept->lock);
    free(kept);
}

/* ---- texts -------------------------------------------------------------------------------- */

static const struct message_starter *starter_named(const char *name)
{
    const struct message_starter *s;

    for (size_t i = 0; (s = message_starter(i)); i++)
        if (strcmp(s->name, name) == 0)
            return s;
    return NULL;
}

enum err_code kept_message_text(struct store *store, const char *name, int64_t *out_id,
                                struct buf *out, struct err *err)
{
    const struct message_starter *starter = starter_named(name);
    struct err own = ERR_INIT;
    struct named found;
    enum err_code rc = store_named_find(store, NAMED_MESSAGE, name, &found, out, &own);

    *out_id = rc == ERR_OK ? found.id : 0;
    if (rc == ERR_OK)
        return ERR_OK;
    if (rc != ERR_NOT_FOUND) {
        *err = own;
        return rc;
    }
    if (!starter) {
        err_set(err, ERR_NOT_FOUND, "there is no message \"%s\"", name);
        err_hint(err, "\"tidemark message list\" tells those that are kept.");
        return ERR_NOT_FOUND;
    }
    buf_reset(out);
    buf_adds(out, starter->text);
    return buf_check(out, err);
}

enum err_code kept_message_set(struct store *store, int64_t id, struct str text, const char *actor,
                               int64_t *out_id, struct err *err)
{
    TM_CLEANUP(message_freep) struct message *message = NULL;
    TM_CLEANUP(buf_release) struct buf before = BUF_INIT(MESSAGE_TEXT_MAX);
    struct named named = {.id = id, .kind = NAMED_MESSAGE, .text = text}, same;

    TRY(message_read(text, NULL, true, &message, err));
    snprintf(named.name, sizeof(named.name), "%s", message->name);
    snprintf(named.about, sizeof(named.about), "%s", message->about);
    snprintf(named.actor, sizeof(named.actor), "%s", actor);
    if (!id &&
        store_named_find(store, NAMED_MESSAGE, message->name, &same, &before, NULL) == ERR_OK &&
        str_ieqz(str_of(same.name), message->name))
        named.id = same.id;
    return store_named_put(store, &named, out_id, err);
}

/* ---- compiled ----------------------------------------------------------------------------- */

static struct entry *entry_named(const struct kept_messages *kept, const char *name)
{
    for (struct entry *e = kept->entries; e; e = e->next)
        if (!e->old && strcmp(e->name, name) == 0)
            return e;
    return NULL;
}

static void remove_entry(struct kept_messages *kept, struct entry *gone)
{
    struct entry **at = &kept->entries;

    while (*at != gone)
        at = &(*at)->next;
    *at = gone->next;
    free_entry(gone);
}

/* With the lock held; takes text and message. */
static struct entry *put_entry(struct kept_messages *kept, const char *name, struct buf *text,
                               struct message *message)
{
    struct entry *before = entry_named(kept, name), *e = xcalloc(1, sizeof(*e));

    if (before && !before->held)
        remove_entry(kept, before);
    else if (before)
        before->old = true;
    snprintf(e->name, sizeof(e->name), "%s", name);
    e->text = *text;
    *text = BUF_INIT(MESSAGE_TEXT_MAX);
    e->message = message;
    e->next = kept->entries;
    kept->entries = e;
    return e;
}

/* The one of that text, held; NULL when there is none. */
static const struct message *hold(struct kept_messages *kept, const char *name, struct str text)
{
    const struct message *message = NULL;
    struct entry *e;

    pthread_mutex_lock(&kept->lock);
    e = entry_named(kept, name);
    if (e && str_eq(buf_str(&e->text), text)) {
        e->held++;
        message = e->message;
    }
    pthread_mutex_unlock(&kept->lock);
    return message;
}

/* Two threads may read the same text at once: the later one's is kept. */
enum err_code kept_message_get(struct kept_messages *kept, struct store *store, const char *name,
                               const struct message **out, struct err *err)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(MESSAGE_TEXT_MAX);
    struct message *message = NULL;
    int64_t id;

    *out = NULL;
    if (strlen(name) >= NAMED_NAME_BYTES)
        return err_set(err, ERR_NOT_FOUND, "there is no message \"%.40s...\"", name);
    TRY(kept_message_text(store, name, &id, &text, err));
    *out = hold(kept, name, buf_str(&text));
    if (*out)
        return ERR_OK;
    TRY(message_read(buf_str(&text), name, false, &message, err));
    pthread_mutex_lock(&kept->lock);
    put_entry(kept, name, &text, message)->held = 1;
    pthread_mutex_unlock(&kept->lock);
    *out = message;
    return ERR_OK;
}

void kept_message_put(struct kept_messages *kept, const struct message *message)
{
    struct entry *e;

    if (!message)
        return;
    pthread_mutex_lock(&kept->lock);
    for (e = kept->entries; e->message != message; e = e->next)
        ;
    e->held--;
    if (e->old && !e->held)
        remove_entry(kept, e);
    pthread_mutex_unlock(&kept->lock);
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/redact.h"

#include "intake/live/left.h"

enum { LEFT_MAX = JOURNAL_BODY_MAX, EDITS = 500 };

/* ---- words -------------------------------------------------------------------------------- */

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || (unsigned char)c >= 0x80;
}

static bool is_hex(char c)
{
    return isxdigit((unsigned char)c) != 0;
}

/* What stands before and after is of another word: "joann@..." is not "ann@...". */
static bool stands_alone(struct str text, size_t at, size_t n)
{
    size_t end = at + n;
    bool begins = at == 0 || !is_word(text.p[at - 1]);

    if (!begins && at >= 3 && text.p[at - 3] == '%' && is_hex(text.p[at - 2]))
        begins = is_hex(text.p[at - 1]); /* %3Dann@... */
    if (!begins && at >= 2 && text.p[at - 2] == '\\' && strchr("nrtbf", text.p[at - 1]))
        begins = true;
    if (at > 0 && memchr("._+-", text.p[at - 1], 4) && at > 1 && is_word(text.p[at - 2]) &&
        memchr(text.p + at, '@', n))
        begins = false; /* jo.ann@... */
    if (end < text.n && is_word(text.p[end]))
        return false;
    return begins && !(end + 1 < text.n && text.p[end] == '.' && is_word(text.p[end + 1]));
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + 32) : c;
}

static bool holds(struct str text, struct str needle)
{
    char ends[3] = {lower(needle.p[0]), 0, 0};

    ends[1] = (char)toupper((unsigned char)ends[0]);
    for (size_t at = 0; at + needle.n <= text.n; at++) {
        size_t i = 1;

        if (text.p[at] != ends[0] && text.p[at] != ends[1])
            continue;
        while (i < needle.n && lower(text.p[at + i]) == needle.p[i])
            i++;
        if (i == needle.n && stands_alone(text, at, needle.n))
            return true;
    }
    return false;
}

bool redact_names(const struct str *needles, size_t n, struct str text)
{
    for (size_t i = 0; i < n; i++)
        if (needles[i].n && holds(text, needles[i]))
            return true;
    return false;
}

/* ---- one message -------------------------------------------------------------------------- */

struct redacting {
    const struct redact_ctx *ctx;
    struct live_run run;
    struct arena arena;
    struct source_entry *sources; /* owned */
    size_t source_count;
    const struct live_message *message;
    char source[32];
    struct buf left;
    bool named, by_words;
    enum err_code (*each)(void *ctx, const struct journal_entry *entry, struct str left,
                          struct err *err);
    void (*identifier)(void *ctx, enum personal kind, struct str source, struct str value);
    void *each_ctx;
};

/* A record of somebody else in a message that names the person by words. */
static void empty_words(const struct redacting *r, enum record_kind kind, union record_any *record)
{
    const struct record_layout *layout = record_layout(kind);

    for (size_t i = 0; i < layout->column_count; i++)
        if (redact_names(r->ctx->needles, r->ctx->needle_count, record_text(kind, record, i)))
            record_empty(kind, record, i);
}

static enum err_code look(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    struct redacting *r = ctx;
    union record_any kept;
    enum erased_verdict verdict = erased_look(r->ctx->erased, kind, str_of(r->source), record,
                                              r->message->received_us, &kept);

    (void)err;
    r->named |= verdict != ERASED_NOBODY;
    if (verdict == ERASED_KEPT_OUT)
        return ERR_OK;
    if (verdict == ERASED_NOBODY)
        memcpy(&kept, record, record_layout(kind)->size);
    if (r->by_words)
        empty_words(r, kind, &kept);
    left_add(&r->left, kind, &kept);
    return ERR_OK;
}

static bool has_id(const struct redacting *r, struct json_value v, enum personal kind)
{
    char number[32];
    struct str text = json_text(v, STR_NONE);

    if (json_type_of(v) == JSON_INT)
        text = (struct str){
            number, (size_t)snprintf(number, sizeof(number), "%" PRId64, json_integer(v, 0))};
    if (r->identifier) {
        r->identifier(r->each_ctx, kind, str_of(r->source), text);
        return false;
    }
    return erased_has(r->ctx->erased, kind, str_of(r->source), text, r->message->received_us);
}

/* Ids of messages that no record comes of. False, too, when they are only told. */
static bool bears_id(struct redacting *r)
{
    static const struct {
        const char *key;
        enum personal kind;
    } keys[] = {
        {"userId", PERSONAL_LOGIN},       {"user_id", PERSONAL_LOGIN},
        {"previousId", PERSONAL_LOGIN},   {"previous_id", PERSONAL_LOGIN},
        {"anonymousId", PERSONAL_DEVICE}, {"anonymous_id", PERSONAL_DEVICE},
        {"previousId", PERSONAL_DEVICE},  {"previous_id", PERSONAL_DEVICE},
    };
    struct err ignored = ERR_INIT;
    struct json_value root;

    if (left_is(r->message->body) ||
        json_parse(r->run.parser, r->message->body, &root, &ignored) != ERR_OK)
        return false;
    for (size_t i = 0; i < TM_COUNT(keys); i++)
        if (has_id(r, json_get(root, keys[i].key), keys[i].kind))
            return true;
    return has_id(r, json_get(json_get(json_get(root, "payload"), "customer"), "id"),
                  PERSONAL_CUSTOMER);
}

/* Of a message that cannot be read nothing is left; another error ends the reading. */
static enum err_code read_records(struct redacting *r, struct err *err)
{
    struct err why = ERR_INIT;
    enum err_code rc;

    arena_reset(&r->arena);
    buf_reset(&r->left);
    left_begin(&r->left);
    rc = r->message->source ? live_records(&r->run, r->message, &why) : ERR_OK;
    if (rc == ERR_MEMORY || rc == ERR_INTERNAL) {
        *err = why;
        return rc;
    }
    left_end(&r->left);
    return buf_check(&r->left, err);
}

static void begin_message(struct redacting *r, const struct live_message *message)
{
    r->message = message;
    r->source[0] = '\0';
    if (message->source)
        live_source_name(message->source, r->source);
}

static struct live_message message_of(const struct redacting *r, const struct journal_entry *entry)
{
    return (struct live_message){.source =
                                     source_of_list(r->sources, r->source_count, entry->source),
                                 .seq = entry->seq,
                                 .received_us = entry->received_us,
                                 .id = entry->id,
                                 .body = entry->body};
}

static enum err_code take(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct redacting *r = ctx;
    const struct live_message message = message_of(r, entry);

    begin_message(r, &message);
    r->by_words = entry->received_us <= r->ctx->until_us &&
                  (redact_names(r->ctx->needles, r->ctx->needle_count, entry->body) ||
                   redact_names(r->ctx->needles, r->ctx->needle_count, entry->id));
    r->named = r->by_words;
    TRY(read_records(r, err));
    if (!r->named)
        r->named = bears_id(r);
    if (!r->named || (left_is(entry->body) && str_eq(entry->body, buf_str(&r->left))))
        return ERR_OK;
    return r->each(r->each_ctx, entry, buf_str(&r->left), err);
}

static enum err_code
read_journal(struct redacting *r, int64_t first, int64_t last, struct sink sink,
             enum err_code (*read)(void *ctx, const struct journal_entry *entry, struct err *err),
             struct err *err)
{
    enum err_code rc;

    r->arena = ARENA_INIT(16 << 20);
    r->left = (struct buf)BUF_INIT(LEFT_MAX);
    r->sources = xcalloc(STORE_SOURCES_MAX, sizeof(*r->sources));
    r->run = (struct live_run){.sink = sink,
                               .parser = json_parser_new(JOURNAL_BODY_MAX),
                               .arena = &r->arena,
                               .currency = r->ctx->settings->currency,
                               .country = r->ctx->settings->country};
    rc = store_sources_list(r->ctx->store, 0, r->sources, STORE_SOURCES_MAX, &r->source_count, err);
    if (rc == ERR_OK)
        rc = journal_each(r->ctx->journal, first, last, INT64_MAX, read, r, err);
    json_parser_free(r->run.parser);
    arena_release(&r->arena);
    buf_release(&r->left);
    free(r->sources);
    return rc;
}

enum err_code redact_each(const struct redact_ctx *ctx, int64_t first, int64_t last,
                          enum err_code (*each)(void *ctx, const struct journal_entry *entry,
                                                struct str left, struct err *err),
                          void *each_ctx, struct err *err)
{
    struct redacting r = {.ctx = ctx, .each = each, .each_ctx = each_ctx};

    return read_journal(&r, first, last, (struct sink){look, &r}, take, err);
}

/* ---- whoever is named --------------------------------------------------------------------- */

static enum err_code tell_record(void *ctx, enum record_kind kind, const void *record,
                                 struct err *err)
{
    const struct redacting *r = ctx;

    (void)err;
    for (size_t i = 0; i < record_layout(kind)->column_count; i++) {
        enum personal what = personal_of(kind, i);
        struct str value = record_text(kind, record, i);

        if (value.n && (personal_is_id(what) || what == PERSONAL_ORDER))
            r->identifier(r->each_ctx, what, str_of(r->source), value);
    }
    return ERR_OK;
}

static enum err_code tell(void *ctx, const struct journal_entry *entry, struct err *err)
{
    struct redacting *r = ctx;
    const struct live_message message = message_of(r, entry);

    begin_message(r, &message);
    TRY(read_records(r, err));
    (void)bears_id(r);
    return ERR_OK;
}

enum err_code redact_identifiers(const struct redact_ctx *ctx,
                                 void (*each)(void *ctx, enum personal kind, struct str source,
                                              struct str value),
                                 void *each_ctx, struct err *err)
{
    struct redacting r = {.ctx = ctx, .identifier = each, .each_ctx = each_ctx};

    return read_journal(&r, 0, INT64_MAX, (struct sink){tell_record, &r}, tell, err);
}

/* ---- in the journal ----------------------------------------------------------------------- */

struct edits {
    const struct redact_ctx *ctx;
    struct pseudonyms *pseudonyms; /* owned */
    struct journal_edit list[EDITS];
    char ids[EDITS][2 * PSEUDONYM_BYTES + 8];
    size_t n;
};

static enum err_code flush(struct edits *e, struct err *err)
{
    enum err_code rc = ERR_OK;

    if (e->ctx->going && e->n)
        rc = e->ctx->going(e->ctx->going_ctx, e->list, e->n, err);
    if (rc == ERR_OK)
        rc = journal_edit(e->ctx->journal, e->list, e->n, err);
    for (size_t i = 0; i < e->n; i++)
        free((char *)(uintptr_t)e->list[i].body.p);
    e->n = 0;
    return rc;
}

/* A message's own id stays, unless it names somebody itself. */
static void keep_id(struct edits *e, const struct journal_entry *entry)
{
    struct pseudonym hash;
    char *to = e->ids[e->n];

    if (!redact_names(e->ctx->needles, e->ctx->needle_count, entry->id))
        return;
    pseudonym_digest(e->pseudonyms, "message id", entry->id, &hash);
    for (size_t i = 0; i < PSEUDONYM_BYTES; i++)
        snprintf(to + 2 * i, 3, "%02x", hash.bytes[i]);
    e->list[e->n].id = str_of(to);
}

static enum err_code edit(void *ctx, const struct journal_entry *entry, struct str left,
                          struct err *err)
{
    struct edits *e = ctx;
    char *body = xmalloc(left.n);

    memcpy(body, left.p, left.n);
    e->list[e->n] = (struct journal_edit){.seq = entry->seq, .body = {body, left.n}};
    keep_id(e, entry);
    return ++e->n == EDITS ? flush(e, err) : ERR_OK;
}

enum err_code redact_journal(const struct redact_ctx *ctx, int64_t first, int64_t last,
                             struct err *err)
{
    struct edits *e = xcalloc(1, sizeof(*e));
    struct err ending = ERR_INIT;
    enum err_code rc, end;

    e->ctx = ctx;
    rc = pseudonyms_open(ctx->store, &e->pseudonyms, err);
    if (rc == ERR_OK)
        rc = redact_each(ctx, first, last, edit, e, err);
    end = flush(e, &ending);
    if (rc == ERR_OK && end != ERR_OK) {
        *err = ending;
        rc = end;
    }
    pseudonyms_close(e->pseudonyms);
    free(e);
    return rc;
}

/* ---- for the drain ------------------------------------------------------------------------ */

struct live_guard {
    struct redact_ctx ctx;
    struct erased *erased; /* owned */
    union record_any emptied;
    char source[32];
    const struct source_entry *named; /* whose name `source` is */
    int64_t seq, received_us;
    int64_t *late; /* owned; numbers of messages of which something did not get in */
    size_t late_count;
};

enum err_code live_guard_open(struct store *store, struct journal *journal,
                              const struct settings *settings, struct live_guard **out,
                              struct err *err)
{
    struct erased *erased = NULL;

    *out = NULL;
    TRY(erased_load(store, &erased, err));
    if (!erased)
        return ERR_OK;
    *out = xcalloc(1, sizeof(**out));
    (*out)->erased = erased;
    (*out)->ctx = (struct redact_ctx){
        .store = store, .journal = journal, .settings = settings, .erased = erased};
    return ERR_OK;
}

void live_guard_free(struct live_guard *guard)
{
    if (!guard)
        return;
    erased_free(guard->erased);
    free(guard->late);
    free(guard);
}

void live_guard_message(struct live_guard *guard, const struct live_message *message)
{
    guard->seq = left_is(message->body) ? 0 : message->seq;
    guard->received_us = message->received_us;
    if (guard->named == message->source)
        return;
    guard->named = message->source;
    live_source_name(message->source, guard->source);
}

bool live_guard_admits(struct live_guard *guard, enum record_kind kind, const void **io_record)
{
    enum erased_verdict verdict = erased_look(guard->erased, kind, str_of(guard->source),
                                              *io_record, guard->received_us, &guard->emptied);

    if (verdict == ERASED_NOBODY)
        return true;
    if (verdict == ERASED_EMPTIED)
        *io_record = &guard->emptied;
    if (guard->seq && (!guard->late_count || guard->late[guard->late_count - 1] != guard->seq)) {
        if ((guard->late_count & (guard->late_count - 1)) == 0)
            guard->late = xrealloc(guard->late, (guard->late_count ? 2 * guard->late_count : 1) *
                                                    sizeof(*guard->late));
        guard->late[guard->late_count++] = guard->seq;
    }
    return verdict == ERASED_EMPTIED;
}

enum err_code live_guard_settle(struct live_guard *guard, struct err *err)
{
    for (size_t i = 0; i < guard->late_count; i++)
        TRY(redact_journal(&guard->ctx, guard->late[i], guard->late[i], err));
    if (guard->late_count)
        TRY(journal_compact(guard->ctx.journal, err));
    guard->late_count = 0;
    return ERR_OK;
}

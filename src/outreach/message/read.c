/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/message/message.h"

#include "outreach/message/frame.h"

enum { MEMORY_MAX = 16 << 20, DEPTH_MAX = 4, TEXTS_MAX = 500, ABOUT_MAX = 1000 };

static const size_t name_max = MESSAGE_NAME_MAX, about_max = ABOUT_MAX,
                    subject_max = MESSAGE_SUBJECT_MAX, source_max = MESSAGE_TEXT_MAX;

static const enum liquid_kind kinds[MESSAGE_PARTS] = {[MESSAGE_SUBJECT] = LIQUID_HEADER,
                                                      [MESSAGE_PREHEADER] = LIQUID_HEADER,
                                                      [MESSAGE_HTML] = LIQUID_HTML,
                                                      [MESSAGE_TEXT] = LIQUID_TEXT,
                                                      [MESSAGE_BRIEF] = LIQUID_TEXT};
const char *const message_part_names[MESSAGE_PARTS] = {"subject", "preheader", "html", "text",
                                                       "short"};

/* As it was written: HTML may have tabs, and blanks at its ends. */
static enum err_code read_source(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    struct str s = yaml_scalar(node);

    if (node->type != YAML_SCALAR_NODE || !str_trim(s).n)
        return yaml_fail(r, node, "must be a text");
    if (s.n > *(const size_t *)arg)
        return yaml_fail(r, node, "the text is longer than %zu bytes", *(const size_t *)arg);
    for (size_t i = 0; i < s.n; i++)
        if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' && s.p[i] != '\t')
            return yaml_fail(r, node, "the text holds control characters");
    *(const char **)out = arena_strdup(r->arena, s);
    return arena_check(r->arena, r->err);
}

/* ---- translations ------------------------------------------------------------------------- */

static enum err_code read_texts(struct yaml_reader *r, yaml_node_t *node, int depth,
                                struct value *out);

static enum err_code read_one(struct yaml_reader *r, yaml_node_t *node, int depth,
                              struct value *out)
{
    const char *text = NULL;

    if (node->type == YAML_MAPPING_NODE)
        return read_texts(r, node, depth + 1, out);
    TRY(yaml_read_string(r, node, &text, NULL));
    *out = value_strz(text);
    out->flags = VALUE_OWN;
    return ERR_OK;
}

static enum err_code read_texts(struct yaml_reader *r, yaml_node_t *node, int depth,
                                struct value *out)
{
    yaml_node_t *key, *value;
    struct value_pair *pairs;
    size_t n = 0;

    if (node->type != YAML_MAPPING_NODE)
        return yaml_fail(r, node, "must be a block of \"name: value\" lines");
    if (depth > DEPTH_MAX)
        return yaml_fail(r, node, "the names are more than %d deep", DEPTH_MAX);
    while (yaml_pair(r, node, n, &key, &value))
        n++;
    if (n > TEXTS_MAX)
        return yaml_fail(r, node, "may have at most %d entries, has %zu", TEXTS_MAX, n);
    pairs = arena_alloc(r->arena, n * sizeof(*pairs));
    TRY(arena_check(r->arena, r->err));
    for (size_t i = 0; i < n && yaml_pair(r, node, i, &key, &value); i++) {
        struct str name = arena_str(r->arena, yaml_scalar(key));
        size_t mark = yaml_enter(r, ".%.*s", (int)(name.n < 40 ? name.n : 40), name.p);
        struct value one = VALUE_NOTHING;

        TRY(read_one(r, value, depth, &one));
        pairs[i] = value_pair(name, one);
        yaml_leave(r, mark);
    }
    *out = value_map(pairs, n);
    return arena_check(r->arena, r->err);
}

static bool is_code(struct str s)
{
    bool letters = s.n >= 2 && s.n <= 3;

    for (size_t i = 0; i < s.n; i++)
        letters = letters && s.p[i] >= 'a' && s.p[i] <= 'z';
    return letters;
}

static enum err_code read_languages(struct yaml_reader *r, yaml_node_t *node, void *out,
                                    const void *arg)
{
    struct message *m = out;
    yaml_node_t *key, *value;
    size_t n = 0;

    (void)arg;
    while (node->type == YAML_MAPPING_NODE && yaml_pair(r, node, n, &key, &value))
        n++;
    if (!n || n > MESSAGE_LANGUAGES_MAX)
        return yaml_fail(r, node, "must be translations by language: en, ar, th");
    m->languages = arena_alloc(r->arena, n * sizeof(*m->languages));
    TRY(arena_check(r->arena, r->err));
    for (size_t i = 0; i < n && yaml_pair(r, node, i, &key, &value); i++) {
        size_t mark;

        if (!is_code(yaml_scalar(key)))
            return yaml_fail(r, key, "must be translations by language: en, ar, th");
        m->languages[i].code = arena_strdup(r->arena, yaml_scalar(key));
        mark = yaml_enter(r, ".%s", m->languages[i].code);
        TRY(read_texts(r, value, 1, &m->languages[i].texts));
        yaml_leave(r, mark);
    }
    m->language_count = n;
    return ERR_OK;
}

/* ---- the whole ---------------------------------------------------------------------------- */

#define AT(member) offsetof(struct message, member)
static const struct yaml_field fields[] = {
    {"name", AT(name), yaml_read_string, &name_max, false},
    {"about", AT(about), yaml_read_optional_text, &about_max, true},
    {"subject", AT(sources[MESSAGE_SUBJECT]), read_source, &subject_max, true},
    {"preheader", AT(sources[MESSAGE_PREHEADER]), read_source, &subject_max, true},
    {"html", AT(sources[MESSAGE_HTML]), read_source, &source_max, true},
    {"text", AT(sources[MESSAGE_TEXT]), read_source, &source_max, true},
    {"short", AT(sources[MESSAGE_BRIEF]), read_source, &source_max, true},
    {"languages", 0, read_languages, NULL, true},
};

static enum err_code check_parts(struct yaml_reader *r, const struct message *m)
{
    if (!m->sources[MESSAGE_HTML] && !m->sources[MESSAGE_TEXT])
        return yaml_fail(r, yaml_root(r), "a message has html, text or both");
    if (m->sources[MESSAGE_HTML] && !m->sources[MESSAGE_SUBJECT])
        return yaml_fail(r, yaml_root(r), "\"%s\" is missing", "subject");
    return ERR_OK;
}

/* Those of the frame that the HTML may render: what it never names asks it for no data. */
static size_t add_partials(const char *html, struct liquid_text *texts)
{
    struct liquid_text all[FRAME_PARTIALS];
    size_t n = 0, count = frame_partials(all);

    for (size_t i = 0; i < count; i++)
        if (strstr(html, all[i].name))
            texts[n++] = all[i];
    return n;
}

static enum err_code compile_part(struct message *m, int part, bool strict,
                                  struct liquid_place *out_place, struct err *err)
{
    struct liquid_text texts[1 + FRAME_PARTIALS];
    size_t n = 1;

    if (!m->sources[part])
        return ERR_OK;
    texts[0] = (struct liquid_text){"", str_of(m->sources[part])};
    if (kinds[part] == LIQUID_HTML)
        n += add_partials(m->sources[part], texts + 1);
    return liquid_compile(texts, n, kinds[part], strict, &m->parts[part], out_place, err);
}

static enum err_code compile(struct message *m, bool strict, struct err *err)
{
    for (int part = 0; part < MESSAGE_PARTS; part++)
        if (compile_part(m, part, strict, NULL, err) != ERR_OK) {
            err_context(err, "reading \"%s\"", message_part_names[part]);
            return err->code;
        }
    return ERR_OK;
}

static enum err_code read_message(struct yaml_reader *r, struct str text, struct message *m)
{
    static const struct value none = {.type = VALUE_NIL};

    if (text.n > MESSAGE_TEXT_MAX)
        return err_set(r->err, ERR_TOO_LARGE, "a message has at most %d bytes", MESSAGE_TEXT_MAX);
    TRY(yaml_reader_open(r, text));
    TRY(yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), m));
    TRY(check_parts(r, m));
    if (m->language_count)
        return ERR_OK;
    m->languages = arena_alloc(r->arena, sizeof(*m->languages));
    TRY(arena_check(r->arena, r->err));
    *m->languages = (struct message_language){"", none};
    m->language_count = 1;
    return ERR_OK;
}

enum err_code message_read(struct str text, const char *name, bool strict,
                           struct message **out_message, struct err *err)
{
    struct arena *memory = xcalloc(1, sizeof(*memory));
    struct yaml_reader r = {.name = name ? name : "message", .arena = memory, .err = err};
    struct message *m;
    enum err_code rc;

    *memory = ARENA_INIT(MEMORY_MAX);
    m = arena_alloc(memory, sizeof(*m));
    m->about = "";
    m->memory = memory;
    rc = read_message(&r, text, m);
    yaml_reader_close(&r);
    if (rc == ERR_OK)
        rc = compile(m, strict, err);
    *out_message = rc == ERR_OK ? m : NULL;
    if (rc != ERR_OK)
        message_free(m);
    return rc;
}

/* ---- for who writes ----------------------------------------------------------------------- */

/* "message:5: languages: ...": the line is told apart. */
static void split_line(struct message_fault *f)
{
    char *rest;

    if (strncmp(f->why.msg, "message:", 8) != 0)
        return;
    f->line = strtoul(f->why.msg + 8, &rest, 10);
    if (*rest == ':')
        memmove(f->why.msg, rest + 1 + strspn(rest + 1, " "),
                strlen(rest + 1 + strspn(rest + 1, " ")) + 1);
}

/* In the whole text: a part in a block begins below its name. */
static size_t line_of_part(struct yaml_reader *r, int part, const struct liquid_place *place)
{
    yaml_node_t *node = yaml_get(r, yaml_root(r), message_part_names[part]);
    bool block = node->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                 node->data.scalar.style == YAML_FOLDED_SCALAR_STYLE;

    return yaml_line(node) + (place->name[0] ? 0 : place->line - !block);
}

static size_t parts_faults(struct yaml_reader *r, struct message *m, struct message_fault *out)
{
    size_t n = 0;

    for (int part = 0; part < MESSAGE_PARTS; part++) {
        struct liquid_place place = {.line = 1};

        out[n] = (struct message_fault){.why = ERR_INIT};
        if (compile_part(m, part, true, &place, &out[n].why) != ERR_OK) {
            out[n].why.context[0] = '\0'; /* which tells the line within the part */
            out[n++].line = line_of_part(r, part, &place);
        }
    }
    return n;
}

size_t message_faults(struct str text, struct message_fault out[MESSAGE_FAULTS_MAX])
{
    struct arena memory = ARENA_INIT(MEMORY_MAX);
    struct err list[MESSAGE_FAULTS_MAX] = {ERR_INIT}, first = ERR_INIT;
    struct yaml_faults faults = {.items = list, .cap = MESSAGE_FAULTS_MAX};
    struct yaml_reader r = {.name = "message", .arena = &memory, .err = &first, .faults = &faults};
    struct message m = {.about = ""};
    size_t n = 0;

    if (read_message(&r, text, &m) == ERR_OK) {
        n = parts_faults(&r, &m, out);
    } else {
        if (!faults.n)
            list[faults.n++] = first;
        for (; n < faults.n; n++) {
            out[n] = (struct message_fault){.why = list[n]};
            split_line(&out[n]);
        }
    }
    yaml_reader_close(&r);
    for (int part = 0; part < MESSAGE_PARTS; part++)
        liquid_free(m.parts[part]);
    arena_release(&memory);
    return n;
}

/* ------------------------------------------------------------------------------------------- */

void message_free(struct message *message)
{
    struct arena *memory = message ? message->memory : NULL;

    if (!memory)
        return;
    for (int part = 0; part < MESSAGE_PARTS; part++)
        liquid_free(message->parts[part]);
    arena_release(memory); /* the message is in it */
    free(memory);
}

void message_freep(struct message **message)
{
    message_free(*message);
    *message = NULL;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* The tree for a builder, and from one: what comes in is written as the language's text and read as
 * such, so that there is one judge of what a segment may say. */
#include "audience/tree.h"

#include "base/i18n.h"

enum { VALUE_BYTES_MAX = 40 };

/* ---- out ----------------------------------------------------------------------------------- */

static void write_value(const struct literal *v, const struct word *word, struct json_writer *w)
{
    struct buf b = BUF_INIT(128);

    if (v->kind == LITERAL_TEXT) {
        json_string(w, v->text);
        return;
    }
    literal_print(v, word, &b);
    json_string(w, buf_str(&b));
    buf_release(&b);
}

static void write_condition(const struct condition *c, const char *key, struct json_writer *w)
{
    json_key_stringz(w, key, c->word->name);
    json_key_stringz(w, "op", compare_words[c->is]);
    if (!c->n)
        return;
    json_key(w, "values");
    json_begin_array(w);
    for (size_t i = 0; i < c->n; i++)
        write_value(&c->values[i], c->word, w);
    json_end_array(w);
}

static void write_node(const struct node *node, struct json_writer *w);

static void write_children(const struct node *node, const char *key, struct json_writer *w)
{
    json_key(w, key);
    json_begin_array(w);
    for (const struct node *child = node->first; child; child = child->next)
        write_node(child, w);
    json_end_array(w);
}

static void write_rows(const struct node *node, struct json_writer *w)
{
    struct buf b = BUF_INIT(64);

    json_key_stringz(w, "rows", node->function->name);
    json_key(w, "where");
    json_begin_array(w);
    for (const struct condition *c = node->conditions; c; c = c->next) {
        json_begin_object(w);
        write_condition(c, "field", w);
        json_end_object(w);
    }
    json_end_array(w);
    if (node->within_us) {
        duration_print(node->within_us, &b);
        json_key_string(w, "within", buf_str(&b));
    }
    if (node->absent)
        json_key_bool(w, "absent", true);
    buf_release(&b);
}

static void write_node(const struct node *node, struct json_writer *w)
{
    static const char *const keys[] = {
        [NODE_ALL] = "all", [NODE_ANY] = "any", [NODE_SEQUENCE] = "sequence"};

    json_begin_object(w);
    switch (node->kind) {
    case NODE_ALL:
    case NODE_ANY:
    case NODE_SEQUENCE:
        write_children(node, keys[node->kind], w);
        break;
    case NODE_NOT:
        json_key(w, "not");
        write_node(node->first, w);
        break;
    case NODE_TEST:
        write_condition(node->conditions, "attribute", w);
        break;
    case NODE_ROWS:
        write_rows(node, w);
        break;
    case NODE_SEGMENT:
        json_key_string(w, "segment", node->name);
        break;
    }
    json_end_object(w);
}

static size_t depth_of(const struct node *node)
{
    size_t most = 0;

    for (const struct node *child = node->first; child; child = child->next) {
        size_t d = depth_of(child);

        most = d > most ? d : most;
    }
    return most + 1;
}

void audience_write_json(const struct audience *audience, struct json_writer *w)
{
    /* Two levels of JSON a level of the tree, and four within a leaf: what is deeper than the
     * writer goes has no tree for a builder, and is edited as text. */
    if (2 * depth_of(audience->root) + 6 > JSON_DEPTH_MAX)
        json_null(w);
    else
        write_node(audience->root, w);
}

/* ---- in ------------------------------------------------------------------------------------ */

struct reading {
    struct buf text;
    struct err *err;
    int depth;
};

static enum err_code wrong(struct reading *r, const char *what)
{
    return err_set(r->err, ERR_INVALID, "the tree of the segment is not right: \"%s\"", what);
}

static enum err_code add_quoted(struct reading *r, struct json_value v, const char *what)
{
    struct str s = json_text(v, STR_NONE);

    if (json_type_of(v) != JSON_STRING)
        return wrong(r, what);
    buf_addc(&r->text, '\'');
    for (size_t i = 0; i < s.n; i++) {
        buf_addc(&r->text, s.p[i]);
        if (s.p[i] == '\'')
            buf_addc(&r->text, '\'');
    }
    buf_addc(&r->text, '\'');
    return ERR_OK;
}

/* One word of the language, and nothing that would be two. */
static enum err_code add_word(struct reading *r, struct json_value v, const char *what)
{
    struct str s = json_text(v, STR_NONE);

    if (json_type_of(v) != JSON_STRING || !s.n || s.n > VALUE_BYTES_MAX)
        return wrong(r, what);
    for (size_t i = 0; i < s.n; i++)
        if (!isalnum((unsigned char)s.p[i]) && !strchr("_.+-", s.p[i]))
            return wrong(r, what);
    buf_adds(&r->text, s);
    return ERR_OK;
}

static enum err_code add_value(struct reading *r, const struct word *word, struct json_value v)
{
    if (word->type == TYPE_TEXT || word->type == TYPE_CHOICE || word->type == TYPE_LIST)
        return add_quoted(r, v, "values");
    if (json_type_of(v) == JSON_INT) {
        buf_addf(&r->text, "%" PRId64, json_integer(v, 0));
        return ERR_OK;
    }
    return add_word(r, v, "values");
}

static enum err_code add_values(struct reading *r, const struct word *word, int is,
                                struct json_value values)
{
    bool listed = is == IS_IN || is == IS_NOT_IN, first = true;

    if (is == IS_NULL || is == IS_NOT_NULL)
        return ERR_OK;
    if (json_type_of(values) != JSON_ARRAY)
        return wrong(r, "values");
    buf_addz(&r->text, listed ? " (" : " ");
    for (struct json_iter it = json_iter(values); json_iter_next(&it); first = false) {
        if (!first)
            buf_addz(&r->text, listed ? ", " : " AND ");
        TRY(add_value(r, word, it.value));
    }
    if (listed)
        buf_addc(&r->text, ')');
    return ERR_OK;
}

static enum err_code add_condition(struct reading *r, const struct word *word,
                                   struct json_value object)
{
    struct str op = json_text(json_get(object, "op"), STR_NONE);
    int is = 0;

    while (is < COMPARES && !str_eqz(op, compare_words[is]))
        is++;
    if (is == COMPARES)
        return wrong(r, "op");
    buf_addf(&r->text, "%s %s", word->name, compare_words[is]);
    return add_values(r, word, is, json_get(object, "values"));
}

static enum err_code add_rows(struct reading *r, struct json_value object)
{
    struct str name = json_text(json_get(object, "rows"), STR_NONE);
    const struct word_function *function = word_function(name);
    bool first = true;

    if (!function)
        return wrong(r, "rows");
    buf_addf(&r->text, "%s MATCHES (", function->name);
    for (struct json_iter it = json_iter(json_get(object, "where")); json_iter_next(&it);
         first = false) {
        const struct word *word =
            word_within(function->source, json_text(json_get(it.value, "field"), STR_NONE));

        if (!word)
            return wrong(r, "field");
        if (!first)
            buf_addz(&r->text, ", ");
        TRY(add_condition(r, word, it.value));
    }
    buf_addc(&r->text, ')');
    return ERR_OK;
}

static enum err_code add_sequence(struct reading *r, struct json_value steps)
{
    bool first = true;

    buf_addz(&r->text, "sequence(");
    for (struct json_iter it = json_iter(steps); json_iter_next(&it); first = false) {
        struct json_value within = json_get(it.value, "within");

        if (!first)
            buf_addz(&r->text, " THEN ");
        if (json_boolean(json_get(it.value, "absent"), false))
            buf_addz(&r->text, "NOT ");
        TRY(add_rows(r, it.value));
        if (json_type_of(within) != JSON_NONE && json_type_of(within) != JSON_NULL) {
            buf_addz(&r->text, " WITHIN ");
            TRY(add_word(r, within, "within"));
        }
    }
    buf_addc(&r->text, ')');
    return ERR_OK;
}

static enum err_code add_node(struct reading *r, struct json_value v);

static enum err_code add_joined(struct reading *r, struct json_value list, const char *word)
{
    bool first = true;

    if (json_type_of(list) != JSON_ARRAY)
        return wrong(r, word);
    for (struct json_iter it = json_iter(list); json_iter_next(&it); first = false) {
        if (!first)
            buf_addz(&r->text, word);
        TRY(add_node(r, it.value));
    }
    return ERR_OK;
}

static enum err_code add_leaf(struct reading *r, struct json_value v)
{
    struct json_value name = json_get(v, "attribute");
    const struct word *word = word_attribute(json_text(name, STR_NONE));

    if (json_type_of(json_get(v, "rows")) != JSON_NONE)
        return add_rows(r, v);
    if (json_type_of(json_get(v, "sequence")) != JSON_NONE)
        return add_sequence(r, json_get(v, "sequence"));
    if (json_type_of(json_get(v, "segment")) != JSON_NONE) {
        buf_addz(&r->text, "segment(");
        TRY(add_quoted(r, json_get(v, "segment"), "segment"));
        buf_addc(&r->text, ')');
        return ERR_OK;
    }
    if (!word)
        return wrong(r, "attribute");
    return add_condition(r, word, v);
}

/* A branch stands in brackets wherever it is joined with others. */
static enum err_code add_node(struct reading *r, struct json_value v)
{
    struct json_value all = json_get(v, "all"), any = json_get(v, "any"), not = json_get(v, "not");
    bool is_all = json_type_of(all) != JSON_NONE, is_any = json_type_of(any) != JSON_NONE;
    enum err_code rc;

    if (++r->depth > SEGMENT_DEPTH_MAX)
        return err_set(r->err, ERR_TOO_LARGE, "brackets and NOT are at most %d deep",
                       SEGMENT_DEPTH_MAX);
    if (is_all || is_any) {
        bool brackets = r->text.n > 0;

        buf_addz(&r->text, brackets ? "(" : "");
        rc = add_joined(r, is_all ? all : any, is_all ? " AND " : " OR ");
        buf_addz(&r->text, brackets ? ")" : "");
    } else if (json_type_of(not ) != JSON_NONE) {
        buf_addz(&r->text, "NOT ");
        rc = add_node(r, not );
    } else {
        rc = add_leaf(r, v);
    }
    r->depth--;
    return rc;
}

enum err_code audience_read_json(struct json_value tree, struct audience **out_audience,
                                 struct err *err)
{
    struct reading r = {.text = BUF_INIT(4 * AUDIENCE_TEXT_MAX), .err = err};
    enum err_code rc = json_type_of(tree) == JSON_OBJECT ? add_node(&r, tree) : wrong(&r, "tree");

    if (rc == ERR_OK)
        rc = buf_check(&r.text, err);
    if (rc == ERR_OK)
        rc = audience_parse(buf_str(&r.text), out_audience, err);
    buf_release(&r.text);
    return rc;
}

/* ---- the words ----------------------------------------------------------------------------- */

static const char *const type_names[] = {
    [TYPE_NUMBER] = "number", [TYPE_QUANTITY] = "quantity", [TYPE_MONEY] = "money",
    [TYPE_DAY] = "day",       [TYPE_TIME] = "time",         [TYPE_TEXT] = "text",
    [TYPE_CHOICE] = "choice", [TYPE_LIST] = "list",
};

static void write_word(const struct word *word, struct json_writer *w)
{
    const struct word_choice *choice;

    json_begin_object(w);
    json_key_stringz(w, "name", word->name);
    json_key_stringz(w, "type", type_names[word->type]);
    json_key_stringz(w, "summary", _(word->summary));
    if (word->way == WAY_TOTAL)
        json_key_bool(w, "total", true);
    if (word->way == WAY_LATER)
        json_key_bool(w, "later", true);
    if (word->type == TYPE_CHOICE) {
        json_key(w, "choices");
        json_begin_array(w);
        for (size_t i = 0; (choice = word_choice_at(word->set, i)); i++)
            json_stringz(w, choice->word);
        json_end_array(w);
    }
    json_end_object(w);
}

void audience_write_words(struct json_writer *w)
{
    const struct word_function *function;
    const struct word *word;

    json_begin_object(w);
    json_key(w, "attributes");
    json_begin_array(w);
    for (size_t i = 0; (word = word_at(i)); i++)
        write_word(word, w);
    json_end_array(w);
    json_key(w, "functions");
    json_begin_array(w);
    for (size_t i = 0; (function = word_function_at(i)); i++) {
        json_begin_object(w);
        json_key_stringz(w, "name", function->name);
        json_key_stringz(w, "summary", _(function->summary));
        json_key(w, "fields");
        json_begin_array(w);
        for (size_t k = 0; (word = word_within_at(function->source, k)); k++)
            write_word(word, w);
        json_end_array(w);
        json_end_object(w);
    }
    json_end_array(w);
    json_end_object(w);
}

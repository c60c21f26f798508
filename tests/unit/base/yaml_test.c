/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/yaml_place.h"
#include "tap.h"

struct hat {
    const char *name, *currency;
    bool worn;
    int size;
};

struct shelf {
    struct yaml_items hats;
};

static enum err_code read_hat(struct yaml_reader *r, yaml_node_t *node, void *out, const void *arg)
{
    static const size_t longest = 8;
    static const struct yaml_range sizes = {40, 70, false};
    static const struct yaml_field fields[] = {
        {"name", offsetof(struct hat, name), yaml_read_string, &longest, false},
        {"currency", offsetof(struct hat, currency), yaml_read_currency, NULL, true},
        {"worn", offsetof(struct hat, worn), yaml_read_flag, NULL, true},
        {"size", offsetof(struct hat, size), yaml_read_int, &sizes, true},
    };

    (void)arg;
    return yaml_read_map(r, node, fields, TM_COUNT(fields), out);
}

static enum err_code read_shelf(struct yaml_reader *r, const char *text, struct shelf *out)
{
    static const struct yaml_list hats = {1, 2, sizeof(struct hat), read_hat, NULL};
    static const struct yaml_field fields[] = {
        {"hats", offsetof(struct shelf, hats), yaml_read_list, &hats, false}};
    enum err_code rc = yaml_reader_open(r, str_of(text));

    if (rc == ERR_OK && yaml_root(r))
        rc = yaml_read_map(r, yaml_root(r), fields, TM_COUNT(fields), out);
    yaml_reader_close(r);
    return rc;
}

static void lists(void)
{
    struct arena arena = ARENA_INIT(1 << 16);
    struct err err = ERR_INIT;
    struct yaml_reader r = {.name = "a.yaml", .arena = &arena, .err = &err};
    struct shelf shelf = {0};
    const struct hat *hats;

    CHECK_OK(read_shelf(&r, "hats:\n  - {name: Blue, worn: Yes, size: 58}\n  - name: no\n", &shelf),
             err);
    CHECK_INT(shelf.hats.n, 2);
    hats = shelf.hats.p;
    CHECK_STR(hats[0].name, "Blue");
    CHECK(hats[0].worn && hats[0].size == 58 && !hats[0].currency);
    CHECK_STR(hats[1].name, "no");
    arena_release(&arena);
}

static void mistakes(void)
{
    static const struct {
        const char *text, *message, *hint;
    } cases[] = {
        {"", "a.yaml: the file is empty", ""},
        {"hats: []\n", "a.yaml:1: hats: must have at least 1 entry", ""},
        {"hats: [{name: a}, {name: b}, {name: c}]\n",
         "a.yaml:1: hats: may have at most 2 entries, has 3", ""},
        {"hats:\n  - name: a\n  - nam: b\n", "a.yaml:3: hats[1]: unknown field \"nam\"",
         "perhaps \"name\" was meant"},
        {"hats:\n  - colour: a\n", "a.yaml:2: hats[0]: unknown field \"colour\"",
         "known here: name, currency, worn, size"},
        {"hats:\n  - name: much too long\n",
         "a.yaml:2: hats[0].name: the text is longer than 8 bytes", ""},
        {"hats:\n  - name: a\n    worn: often\n",
         "a.yaml:3: hats[0].worn: must be yes or no, is \"often\"", ""},
        {"hats:\n  - name: a\n    currency: euro\n",
         "a.yaml:3: hats[0].currency: must be a code of 3 letters, is \"EURO\"",
         "write three letters, such as EUR, AED or THB"},
        {"hats:\n  - name: \"a\\u2028b\"\n",
         "a.yaml:2: hats[0].name: the text holds control characters", ""},
    };

    for (size_t i = 0; i < TM_COUNT(cases); i++) {
        struct arena arena = ARENA_INIT(1 << 16);
        struct err err = ERR_INIT;
        struct yaml_reader r = {.name = "a.yaml", .arena = &arena, .err = &err};
        struct shelf shelf = {0};

        CHECK(read_shelf(&r, cases[i].text, &shelf) == ERR_INVALID);
        CHECK_STR(err.msg, cases[i].message);
        CHECK_STR(err.hint, cases[i].hint);
        arena_release(&arena);
    }
}

static void options(void)
{
    struct arena arena = ARENA_INIT(1 << 16);
    struct err err = ERR_INIT;
    struct yaml_reader r = {.arena = &arena, .err = &err, .may_be_empty = true};
    struct shelf shelf = {0};

    CHECK_OK(read_shelf(&r, "# nothing\n", &shelf), err);
    CHECK(read_shelf(&r, "hats: []\n", &shelf) == ERR_INVALID);
    CHECK_STR(err.msg, "hats: must have at least 1 entry"); /* of no file */
    arena_release(&arena);
}

int main(void)
{
    lists();
    mistakes();
    options();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* All mistakes of a model at once, what it may hardly mean, and how two differ. */
#include "maturity/model_diff.h"

#include "base/embedded.h"
#include "tap.h"
#include "temp_dir.h"

extern const struct embedded_file model_files[];

/* The built-in model with one text replaced, as a file. */
static const char *changed(const char *name, const char *const *pairs, size_t n)
{
    TM_CLEANUP(buf_release) struct buf text = BUF_INIT(8 << 20);
    struct err err = ERR_INIT;

    buf_add(&text, model_files[0].text, model_files[0].n);
    for (size_t i = 0; i + 1 < 2 * n; i += 2) {
        TM_CLEANUP(buf_release) struct buf next = BUF_INIT(8 << 20);
        const char *at = strstr(buf_cstr(&text), pairs[i]);

        if (!at) {
            CHECK_MSG(false, "the model holds %s", pairs[i]);
            continue;
        }
        buf_add(&next, text.p, (size_t)(at - text.p));
        buf_addz(&next, pairs[i + 1]);
        buf_addz(&next, at + strlen(pairs[i]));
        buf_reset(&text);
        buf_adds(&text, buf_str(&next));
    }
    CHECK_OK(file_replace(temp_path(name), buf_str(&text), &err), err);
    return temp_path(name);
}

static void all_mistakes(void)
{
    const char *const pairs[] = {"quorum: [0.70,",       "quorum: [7,",
                                 "form: share",          "form: shape",
                                 "ttl_days: 365",        "ttl_days: never",
                                 "    dimension: RET\n", "    dimension: NIL\n    colour: red\n"};
    TM_CLEANUP(model_check_freep) struct model_check *check = NULL;
    struct err err = ERR_INIT;
    size_t found = 0;

    CHECK_OK(model_check(changed("wrong.yaml", pairs, 4), &check, &err), err);
    CHECK(check->model == NULL);
    CHECK_INT(check->mistake_count, 5);
    for (size_t i = 0; i < check->mistake_count; i++) {
        static const char *const told[] = {"quorum", "form", "ttl_days", "\"NIL\"",
                                           "unknown field \"colour\""};

        for (size_t k = 0; k < TM_COUNT(told); k++)
            found += strstr(check->mistakes[i].msg, told[k]) != NULL;
        CHECK(strstr(check->mistakes[i].msg, "wrong.yaml:"));
    }
    CHECK_INT(found, 5);
}

static void built_in(void)
{
    TM_CLEANUP(model_check_freep) struct model_check *check = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(model_check(NULL, &check, &err), err);
    CHECK_INT(check->mistake_count, 0);
    CHECK_MSG(check->doubt_count == 0, "the built-in model leaves no doubt: %d %s",
              check->doubt_count ? (int)check->doubts[0].kind : 0,
              check->doubt_count && check->doubts[0].practice ? check->doubts[0].practice : "");
    CHECK(check->essential[0] > 0 && check->essential[1] > 0 && check->essential[2] > 0);
}

static void not_a_model(void)
{
    TM_CLEANUP(model_check_freep) struct model_check *check = NULL, *none = NULL;
    struct err err = ERR_INIT;

    temp_writez("broken.yaml", "practices: [\n");
    CHECK_OK(model_check(temp_path("broken.yaml"), &check, &err), err);
    CHECK_INT(check->mistake_count, 1);
    CHECK(model_check(temp_path("absent.yaml"), &none, &err) == ERR_NOT_FOUND);
}

static void differences(void)
{
    const char *const pairs[] = {"version: 1.", "version: 9.", "quorum: [0.70,", "quorum: [0.60,"};
    TM_CLEANUP(model_freep) struct model *a = NULL, *b = NULL;
    TM_CLEANUP(model_diff_freep) struct model_diff *same = NULL, *other = NULL;
    struct err err = ERR_INIT;

    CHECK_OK(model_load(NULL, &a, &err), err);
    CHECK_OK(model_load(changed("other.yaml", pairs, 2), &b, &err), err);
    CHECK_OK(model_diff(a, a, &same, &err), err);
    CHECK_INT(same->count, 0);
    b->practices[0].weight = 2;
    b->practices[1].id = "NEW-1";
    CHECK_OK(model_diff(a, b, &other, &err), err);
    CHECK(other->added == 1 && other->removed == 1);
    CHECK(other->count >= 5);
    CHECK_STR(other->changes[0].field, "version");
    CHECK(!other->changes[0].scores);
    CHECK_STR(other->changes[1].field, "quorum");
    CHECK_STR(other->changes[1].after, "0.6, 0.7, 0.8");
    CHECK_STR(other->changes[2].field, "weight");
    CHECK_STR(other->changes[2].before, "1");
    CHECK(other->changes[2].scores);
}

int main(void)
{
    temp_dir_make();
    all_mistakes();
    built_in();
    not_a_model();
    differences();
    return tap_done();
}

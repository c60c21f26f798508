/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* fuzz_yaml.c - one text as each of the files of YAML that people write. */
#include "fuzz.h"

#include "intake/import/mapping.h"
#include "maturity/answers.h"
#include "store/settings.h"

#include <unistd.h>

/* What is refused says why. */
static bool accepted(enum err_code rc, const struct err *err)
{
    MUST(rc == ERR_OK || (err->code == rc && err->msg[0]));
    return rc == ERR_OK;
}

static void as_model(const char *path)
{
    TM_CLEANUP(model_freep) struct model *model = NULL;
    struct err err = ERR_INIT;

    if (accepted(model_load(path, &model, &err), &err))
        MUST(model->practice_count > 0 && model->dimension_count > 0 &&
             strlen(model->content_hash) == 64);
}

static void as_answers(const char *path)
{
    static struct model *built_in;
    TM_CLEANUP(answers_freep) struct answers *answers = NULL;
    struct err err = ERR_INIT;

    MUST(built_in || model_load(NULL, &built_in, NULL) == ERR_OK);
    if (!accepted(answers_read(path, built_in, &answers, &err), &err))
        return;
    MUST(answers->count == built_in->practice_count);
    for (size_t i = 0; i < answers->count; i++) {
        const struct answer *a = &answers->items[i];

        MUST((a->kind == ANSWER_LEVEL) == (a->level >= 1 && a->level <= 4));
        MUST(a->kind != ANSWER_NOT_APPLICABLE || a->reason[0]);
    }
}

/* What was read can be written and reads the same. */
static void as_settings(const char *path)
{
    struct settings first, second;
    struct err err = ERR_INIT;
    char copy[] = "/tmp/tidemark-fuzz-XXXXXX";
    int fd;

    if (!accepted(settings_read(path, &first, &err), &err))
        return;
    MUST(first.currency[0] == '\0' || strlen(first.currency) == 3);
    MUST(isnan(first.margin) || (first.margin >= 0 && first.margin <= 1));
    fd = mkstemp(copy);
    MUST(fd >= 0 && close(fd) == 0);
    MUST(settings_write(copy, &first, &err) == ERR_OK);
    MUST(settings_read(copy, &second, &err) == ERR_OK);
    MUST(unlink(copy) == 0);
    MUST(strcmp(first.shop, second.shop) == 0 && strcmp(first.time_zone, second.time_zone) == 0);
    MUST(strcmp(first.rates, second.rates) == 0 && first.opened_day == second.opened_day);
    MUST(first.week_start == second.week_start && first.memory_bytes == second.memory_bytes);
}

static void as_mapping(const char *path)
{
    TM_CLEANUP(mapping_freep) struct mapping *mapping = NULL;
    struct err err = ERR_INIT;

    if (accepted(mapping_read(path, &mapping, &err), &err))
        MUST(mapping_candidate(mapping).importer->name[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *path = fuzz_file(data, size);

    as_model(path);
    as_answers(path);
    as_settings(path);
    as_mapping(path);
    return 0;
}

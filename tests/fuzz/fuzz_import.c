/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Any bytes as a file to import. Bytes before a first NUL are a mapping file for the rest; without
 * one the built-in formats are tried. */
#include "fuzz.h"

#include "intake/import/mapping.h"

static int64_t put_count;

static enum err_code begin(void *ctx, uint32_t import_id, const char *source, int attempt,
                           struct err *err)
{
    (void)ctx;
    (void)import_id;
    (void)err;
    MUST(source[0] && attempt >= 0);
    put_count = 0;
    return ERR_OK;
}

/* What an importer puts can be read to its end. */
static enum err_code put(void *ctx, enum record_kind kind, const void *record, struct err *err)
{
    const struct record_layout *layout = record_layout(kind);
    size_t bytes = 0;

    (void)ctx;
    (void)err;
    for (size_t i = 0; i < layout->column_count; i++) {
        struct str s;

        if (layout->columns[i].type != COL_STR)
            continue;
        memcpy(&s, (const char *)record + layout->columns[i].offset, sizeof(s));
        MUST(s.p != NULL);
        for (size_t k = 0; k < s.n; k++)
            bytes += (unsigned char)s.p[k];
    }
    MUST(bytes < SIZE_MAX);
    put_count++;
    return ERR_OK;
}

static void read_file(struct input *input, struct candidates candidates)
{
    static const struct settings settings = {
        .currency = "EUR", .country = "DE", .time_zone = "Europe/Berlin"};
    const struct import_ctx ctx = {.settings = &settings, .target = {.begin = begin, .put = put}};
    struct import_file *file = xcalloc(1, sizeof(*file));
    const struct candidate *candidate = NULL;
    struct import_run run;
    struct err err = ERR_INIT;
    enum err_code rc;
    int64_t records = 0;

    MUST(run_init(&run, &ctx, file, &err) == ERR_OK);
    rc = read_recognise(&run, input, candidates, &candidate, &err);
    if (rc == ERR_OK) {
        snprintf(file->entry.source, sizeof(file->entry.source), "%s", run.importer->source);
        rc = read_all(&run, input, candidate, &err);
        for (int kind = 0; kind < RECORD_KIND_COUNT; kind++)
            records += file->entry.records[kind];
        /* What is refused in the end, as where dates stay ambiguous, is dropped whole. */
        MUST(rc != ERR_OK || records == put_count);
    }
    MUST(rc == ERR_OK || err.msg[0]);
    MUST(file->entry.rows ==
         file->entry.stored + file->entry.merged + file->entry.rejected + file->entry.skipped);
    run_release(&run);
    import_file_clear(file);
    free(file);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    TM_CLEANUP(input_closep) struct input *input = NULL;
    TM_CLEANUP(mapping_freep) struct mapping *mapping = NULL;
    const uint8_t *nul = size ? memchr(data, 0, size) : NULL;
    size_t text = nul ? (size_t)(nul - data) : 0;
    struct candidate list[64];
    size_t n = 0;

    if (nul && mapping_read(fuzz_file(data, text), &mapping, NULL) == ERR_OK)
        list[n++] = mapping_candidate(mapping);
    for (size_t i = 0; !nul && importers[i]; i++)
        list[n++] = (struct candidate){.importer = importers[i]};
    if (nul)
        text++;
    if (n > 0 && input_open(fuzz_file(data + text, size - text), 0, &input, NULL) == ERR_OK)
        read_file(input, (struct candidates){list, n});
    return 0;
}

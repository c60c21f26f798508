/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Tidemark's own activity log: how the team works, one entry a row (docs/formats.md). */
#include "intake/import/fields.h"

enum {
    KIND,
    NAME,
    STARTED_AT,
    DUE_AT,
    CLOSED_AT,
    DIMENSION,
    PERSON,
    CHANNEL,
    STATUS,
    OUTCOME,
    VALUE,
    SAMPLE,
    HAS_CONTROL,
    NOTE,
    ACTIVITY_ID,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [KIND] = {{"kind"}, true},
    [NAME] = {{"name"}, true},
    [STARTED_AT] = {{"started_at"}, false},
    [DUE_AT] = {{"due_at"}, false},
    [CLOSED_AT] = {{"closed_at"}, false},
    [DIMENSION] = {{"dimension"}, false},
    [PERSON] = {{"person"}, false},
    [CHANNEL] = {{"channel"}, false},
    [STATUS] = {{"status"}, false},
    [OUTCOME] = {{"outcome"}, false},
    [VALUE] = {{"value"}, false},
    [SAMPLE] = {{"sample"}, false},
    [HAS_CONTROL] = {{"has_control"}, false},
    [NOTE] = {{"note"}, false},
    [ACTIVITY_ID] = {{"activity_id"}, false},
};

static const char kinds[] = "target review goal experiment owner specialist hours calendar process "
                            "reply automation audience_sync segment competitor threat trial "
                            "journey post";

static bool matches(const struct import_run *run)
{
    return import_has_column(run, STARTED_AT) || import_has_column(run, DUE_AT);
}

static enum err_code read_values(struct import_run *run, const struct csv_row *row,
                                 struct activity_record *a, bool *out_ok, struct err *err)
{
    TRY(import_time(run, row, STARTED_AT, &a->started_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, DUE_AT, &a->due_at, out_ok, err));
    if (*out_ok)
        TRY(import_time(run, row, CLOSED_AT, &a->closed_at, out_ok, err));
    if (*out_ok)
        TRY(import_real(run, row, VALUE, &a->value, out_ok, err));
    if (*out_ok)
        TRY(import_count(run, row, SAMPLE, &a->sample, out_ok, err));
    return ERR_OK;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct activity_record a = RECORD_INIT(activity, ACTIVITY_COLUMNS);
    bool ok;

    a.line = row->line;
    a.kind = field_lower(run, row, KIND);
    if (!field_in_list(a.kind, kinds)) {
        import_reject(run, row->line, "\"%.*s\" is not a kind of activity: %s",
                      (int)(a.kind.n < 40 ? a.kind.n : 40), a.kind.p, kinds);
        return ERR_OK;
    }
    TRY(read_values(run, row, &a, &ok, err));
    if (!ok)
        return ERR_OK;
    a.activity_key = import_cell(run, row, ACTIVITY_ID);
    a.name = import_cell(run, row, NAME);
    a.dimension = import_cell(run, row, DIMENSION);
    a.person = import_cell(run, row, PERSON);
    a.channel = import_cell(run, row, CHANNEL);
    a.status = field_lower(run, row, STATUS);
    a.outcome = import_cell(run, row, OUTCOME);
    a.has_control = field_flag(run, row, HAS_CONTROL);
    a.note = import_cell(run, row, NOTE);
    return import_put(run, RECORD_ACTIVITY, &a, err);
}

const struct importer tidemark_activity_importer = {
    .name = "tidemark_activity",
    .source = "tidemark",
    .title = N_("Tidemark activity log"),
    .columns = columns,
    .column_count = COLUMNS,
    .matches = matches,
    .row = read_row,
};

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* engine.h - the front of src/engine: the analytics data base behind one door.
 *
 * The engine is ClickHouse: by default embedded as a child process, tidemark-node, that is
 * started, watched and ended here (loopback only, a free port, a random password and secret
 * header made at each start, memory and caches capped). This client speaks HTTP to it.
 * The engine holds derived data only; what must not be lost is in the store.
 *
 * Statements live in sql/, one a file, and are called by name ("resolve/orders"). Their header
 * declares parameters and columns; values travel as typed parameters `{name:Type}` and never
 * become SQL text.
 *
 * A struct engine may be used by one thread at a time; several may be attached to one node
 * (engine_attach). Results and inserts belong to the caller and end before their engine.
 * Every call has a time limit (engine_options.timeout_ms) and can be cancelled from another
 * thread or a signal handler with engine_cancel().
 */
#ifndef TM_ENGINE_ENGINE_H
#define TM_ENGINE_ENGINE_H

#include "base/base.h"
#include "shop/record.h"

struct engine;

struct engine_options {
    const char *dir;       /* where the node keeps its data; made when missing */
    uint64_t memory_bytes; /* cap of the node's memory; 0 = 640 MiB */
    uint64_t cache_bytes;  /* cap of its mark and other caches together; 0 = 64 MiB */
    unsigned threads;      /* of one statement; 0 = number of processors */
    int64_t timeout_ms;    /* of one statement; 0 = 10 minutes */
    const char *sql_dir;   /* read statements from here instead of the built-in ones; or NULL */
};

/* Starts a node in options->dir and connects. ERR_BUSY when another process uses the folder,
 * ERR_UNAVAILABLE with the node's own words when it does not come up. */
TM_MUST_CHECK enum err_code engine_open(const struct engine_options *options,
                                        struct engine **out_engine, struct err *err);
/* A second connection to the same node, for another thread: to the tables that are read, whatever
 * the first makes aside. Closed before the first. */
TM_MUST_CHECK enum err_code engine_attach(struct engine *first, struct engine **out_engine,
                                          struct err *err);
/* From now on no statement of this connection may last longer, or use more threads (0: as many as
 * the node allows). Where many ask at once, one each does most. */
void engine_set_limits(struct engine *engine, int64_t timeout_ms, unsigned threads);
/* Whether the node answers at all within so long. Any thread, also while a statement runs. */
bool engine_answers(const struct engine *engine, int wait_ms);
/* Ends the node in order when this is its owner. NULL is fine. */
void engine_close(struct engine *engine);
/* Async-signal-safe: the statement or insert under way fails with ERR_CANCELLED; when there is
 * none, the next one does, so that an interrupt between two is not lost. */
void engine_cancel(struct engine *engine);
/* A cancellation that came when no statement was under way waits for the next one: it is forgotten.
 */
void engine_uncancel(struct engine *engine);
/* The node's version() text. */
const char *engine_version(const struct engine *engine);
/* Columns that raw tables got when this engine was opened, because the folder was filled by an
 * earlier version: "raw_order.phone, raw_event.page". What was imported before does not have
 * them. "" when there are none. */
const char *engine_added(const struct engine *engine);

/* A parameter of a statement; the type stands in the statement. Text is escaped here. */
struct param {
    const char *name;
    enum { PARAM_TEXT, PARAM_INT, PARAM_REAL, PARAM_TIME } type;
    struct str text;
    int64_t i; /* PARAM_INT; PARAM_TIME: UTC microseconds */
    double d;
};
#define PARAM_STR(n, s)                                                                            \
    {                                                                                              \
        .name = (n), .type = PARAM_TEXT, .text = (s)                                               \
    }
#define PARAM_STRZ(n, z)                                                                           \
    {                                                                                              \
        .name = (n), .type = PARAM_TEXT, .text = str_of(z)                                         \
    }
#define PARAM_I64(n, v)                                                                            \
    {                                                                                              \
        .name = (n), .type = PARAM_INT, .i = (v)                                                   \
    }
#define PARAM_F64(n, v)                                                                            \
    {                                                                                              \
        .name = (n), .type = PARAM_REAL, .d = (v)                                                  \
    }
#define PARAM_AT(n, v)                                                                             \
    {                                                                                              \
        .name = (n), .type = PARAM_TIME, .i = (v)                                                  \
    }

/* Of `from` those that the statement declares, into `out` (room for n): for callers that have one
 * set of values for many statements. Returns how many. */
size_t engine_pick_params(const struct engine *engine, const char *statement,
                          const struct param *from, size_t n, struct param *out);

/* Makes derived tables anew beside those that others read meanwhile. From begin to end this
 * connection's statements see the raw tables and derived tables of its own, which are empty at
 * first. At the end they take the place of the others, `first` before all the rest (let nobody read
 * just then), or are let go when it is NULL. What an end that failed left is cleared up by the next
 * begin. */
TM_MUST_CHECK enum err_code engine_aside_begin(struct engine *engine, struct err *err);
TM_MUST_CHECK enum err_code engine_aside_end(struct engine *engine, const char *first,
                                             struct err *err);

/* Runs a statement for its effect. */
TM_MUST_CHECK enum err_code engine_run(struct engine *engine, const char *statement,
                                       const struct param *params, size_t n, struct err *err);

/* Runs a statement and streams its rows.
 *
 *     TRY(engine_query(e, "measure/x", params, n, &res, err));      (TM_CLEANUP(result_freep))
 *     while (result_next(res)) use(result_int(res, 0), result_text(res, 1));
 *     TRY(result_status(res, err));      -- an error in mid-stream is found here, never lost
 */
struct result;
TM_MUST_CHECK enum err_code engine_query(struct engine *engine, const char *statement,
                                         const struct param *params, size_t n,
                                         struct result **out_result, struct err *err);
/* Statements that a room puts together of its own constants (src/audience): `made` has a name and a
 * text, and lives as long as the result. Every value from outside is a parameter; its type, which
 * stands in the text as well, is in `types`. */
struct statement;
TM_MUST_CHECK enum err_code engine_query_made(struct engine *engine, const struct statement *made,
                                              const struct param *params, const char *const *types,
                                              size_t n, struct result **out_result,
                                              struct err *err);
TM_MUST_CHECK enum err_code engine_run_made(struct engine *engine, const struct statement *made,
                                            const struct param *params, const char *const *types,
                                            size_t n, struct err *err);
bool result_next(struct result *result);
TM_MUST_CHECK enum err_code result_status(struct result *result, struct err *err);
void result_free(struct result *result);
void result_freep(struct result **result);

size_t result_column_count(const struct result *result);
const char *result_column_name(const struct result *result, size_t column);
const char *result_column_type(const struct result *result, size_t column);
/* Index of a column by name; asserts that it exists (the catalogue's test proves it does). */
size_t result_column(const struct result *result, const char *name);
/* Cells of the current row. NULL reads as AMOUNT_NONE, NaN or "". Integers of any width, Bool,
 * Date, Date32 (days), DateTime (seconds), DateTime64 (ticks), Decimal up to 64 bits (unscaled)
 * read with result_int; UInt64 beyond INT64_MAX, which it reads as INT64_MAX, with result_uint.
 * Text is valid until the next result_next(). */
bool result_null(const struct result *result, size_t column);
int64_t result_int(const struct result *result, size_t column);
uint64_t result_uint(const struct result *result, size_t column);
double result_real(const struct result *result, size_t column);
struct str result_text(const struct result *result, size_t column);
/* Array(UInt64) and Array(Float64) cells. */
const uint64_t *result_uints(const struct result *result, size_t column, size_t *out_n);
const double *result_reals(const struct result *result, size_t column, size_t *out_n);

/* Streams rows into a table as Native blocks.
 *
 * `statement` is a file of sql/ with `INSERT INTO t (columns) FORMAT Native` or an
 * INSERT ... SELECT ... FROM input(...) FORMAT Native; the columns are given here. `token` makes
 * a repeated insert of the same rows a no-op (derive it from source and offset); NULL for none.
 * Only tables with non_replicated_deduplication_window keep tokens, and DROP PARTITION does not
 * make them forget; the staging tables keep none.
 * Rows are sent in blocks of bounded size; all blocks go in one request, on a thread of its own,
 * so that the caller can parse while the engine stores. Nothing counts as stored until
 * insert_finish() returned ERR_OK.
 */
struct insert;
struct insert_column {
    const char *name;
    const char *type; /* "String", "Int64", "Nullable(Int64)", "Int8", "UInt32", "UInt64",
                         "Float64", "Nullable(Float64)", "DateTime64(6, 'UTC')", "Date32" */
};
TM_MUST_CHECK enum err_code insert_open(struct engine *engine, const char *statement,
                                        const char *token, const struct insert_column *columns,
                                        size_t n, struct insert **out_insert, struct err *err);
/* One value for each column in order, then insert_row(). Int-like columns take insert_int,
 * INT64_MIN is NULL in Nullable(Int64); Float64 columns take insert_real, NaN is NULL in
 * Nullable(Float64). */
void insert_text(struct insert *insert, struct str s);
void insert_int(struct insert *insert, int64_t v);
void insert_uint(struct insert *insert, uint64_t v);
void insert_real(struct insert *insert, double v);
TM_MUST_CHECK enum err_code insert_row(struct insert *insert, struct err *err);
TM_MUST_CHECK enum err_code insert_finish(struct insert *insert, struct err *err);
/* Abandons what was not finished. NULL is fine. */
/* A second way into the same insert, for rows that another thread brings. To be finished and freed
 * before the insert itself; each belongs to one thread at a time. */
struct insert *insert_lane(const struct insert *insert);
void insert_free(struct insert *insert);
void insert_freep(struct insert **insert);

/* Fills a raw table of shop/record.h: `import_id` and `source` first, then `line` and the
 * record's own columns, of "import/<kind>". */
TM_MUST_CHECK enum err_code insert_open_records(struct engine *engine, enum record_kind kind,
                                                const char *token, struct insert **out_insert,
                                                struct err *err);
TM_MUST_CHECK enum err_code insert_record(struct insert *insert, uint32_t import_id,
                                          struct str source, const void *record, struct err *err);

/* The catalogue, for tests and tools: statements with their declared parameters and columns. */
struct statement {
    const char *name; /* "measure/ret_1" */
    const char *text;
    struct {
        const char *name, *type;
    } params[24], columns[48];
    size_t param_count, column_count;
};
/* NULL when there is none of that name. */
const struct statement *engine_find_statement(const struct engine *engine, const char *name);

#endif

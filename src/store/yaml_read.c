/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/yaml_read.h"

#include "base/buf.h"

/* libcyaml tells what is wrong through its log: one message, then where, innermost first. */
__attribute__((format(printf, 3, 0))) static void keep_log(cyaml_log_t level, void *ctx,
                                                           const char *fmt, va_list args)
{
    struct buf *log = ctx;
    char text[512];

    if (level < CYAML_LOG_ERROR)
        return;
    vsnprintf(text, sizeof(text), fmt, args);
    buf_addz(log, text);
}

static cyaml_config_t config_of(struct buf *log)
{
    return (cyaml_config_t){
        .log_fn = keep_log,
        .log_ctx = log,
        .mem_fn = cyaml_mem,
        .log_level = CYAML_LOG_ERROR,
        .flags = CYAML_CFG_NO_ALIAS,
    };
}

/* "Load: Missing required mapping field: name\nLoad: Backtrace:\n  in mapping (line: 1, column: 1)"
 * becomes the first line, without "Load: ", and the first line number. */
static void split_log(const char *log, struct str *out_what, int *out_line)
{
    const char *end = strchr(log, '\n');
    const char *at = strstr(log, "line: ");
    struct str what = {log, end ? (size_t)(end - log) : strlen(log)};

    if (str_starts(what, "Load: "))
        what = (struct str){what.p + 6, what.n - 6};
    *out_what = what;
    *out_line = at ? (int)strtol(at + 6, NULL, 10) : 0;
}

static enum err_code report(const char *name, const char *log, cyaml_err_t code, struct err *err)
{
    struct str what;
    int line;

    split_log(log, &what, &line);
    if (what.n == 0)
        what = str_of(cyaml_strerror(code));
    if (line > 0)
        return err_set(err, ERR_INVALID, "%s, line %d: %.*s", name, line, (int)what.n, what.p);
    return err_set(err, ERR_INVALID, "%s: %.*s", name, (int)what.n, what.p);
}

enum err_code yaml_read_text(const char *name, struct str text, const cyaml_schema_value_t *schema,
                             void **out_data, struct err *err)
{
    struct buf log = BUF_INIT(8192);
    cyaml_config_t config = config_of(&log);
    cyaml_data_t *data = NULL;
    enum err_code rc = ERR_OK;
    cyaml_err_t code =
        cyaml_load_data((const uint8_t *)text.p, text.n, &config, schema, &data, NULL);

    if (code != CYAML_OK)
        rc = report(name, buf_cstr(&log), code, err);
    else
        *out_data = data;
    buf_release(&log);
    return rc;
}

enum err_code yaml_read(const char *path, const cyaml_schema_value_t *schema, void **out_data,
                        struct err *err)
{
    TM_CLEANUP(fclose_filep) FILE *f = fopen(path, "re");
    TM_CLEANUP(free_charp) char *text = NULL;
    size_t n;

    if (!f)
        return err_errno(err, "opening \"%s\"", path);
    text = xmalloc(YAML_FILE_MAX + 1);
    n = fread(text, 1, YAML_FILE_MAX + 1, f);
    if (ferror(f))
        return err_errno(err, "reading \"%s\"", path);
    if (n > YAML_FILE_MAX)
        return err_set(err, ERR_TOO_LARGE, "%s is larger than %d KiB", path, YAML_FILE_MAX / 1024);
    return yaml_read_text(path, (struct str){text, n}, schema, out_data, err);
}

void yaml_data_free(const cyaml_schema_value_t *schema, void *data)
{
    cyaml_config_t config = config_of(NULL);

    config.log_fn = NULL;
    if (data)
        cyaml_free(&config, schema, data, 0);
}

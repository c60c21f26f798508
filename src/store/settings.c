/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "store/settings.h"

#include "base/money.h"
#include "base/parse.h"
#include "store/yaml_read.h"

#include <unistd.h>

/* The file as it is written. */
struct settings_file {
    char *shop, *currency, *country, *time_zone, *vertical, *opened, *rates;
    enum week_start week_start;
    double *margin;
    uint64_t *memory_mib;
};

static const cyaml_strval_t week_starts[] = {
    {"monday", WEEK_MONDAY}, {"sunday", WEEK_SUNDAY}, {"saturday", WEEK_SATURDAY}};

#define TEXT(name, max)                                                                            \
    CYAML_FIELD_STRING_PTR(#name, CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct settings_file,  \
                           name, 0, max)

static const cyaml_schema_field_t file_fields[] = {
    TEXT(shop, 127),
    TEXT(currency, 3),
    TEXT(country, 2),
    TEXT(time_zone, 63),
    CYAML_FIELD_ENUM("week_start", CYAML_FLAG_OPTIONAL | CYAML_FLAG_STRICT, struct settings_file,
                     week_start, week_starts, TM_COUNT(week_starts)),
    CYAML_FIELD_FLOAT_PTR("margin", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL, struct settings_file,
                          margin),
    TEXT(vertical, 63),
    TEXT(opened, 10),
    TEXT(rates, 511),
    CYAML_FIELD_UINT_PTR("memory_mib", CYAML_FLAG_POINTER | CYAML_FLAG_OPTIONAL,
                         struct settings_file, memory_mib),
    CYAML_FIELD_END,
};

static const cyaml_schema_value_t file_schema = {
    CYAML_VALUE_MAPPING(CYAML_FLAG_POINTER_NULL, struct settings_file, file_fields)};

struct settings settings_default(void)
{
    return (struct settings){.time_zone = "UTC", .margin = (double)NAN};
}

static void copy(char *to, size_t size, const char *from)
{
    if (from)
        snprintf(to, size, "%s", from);
}

static void copy_upper(char *to, size_t size, const char *from)
{
    copy(to, size, from);
    for (char *p = to; *p; p++)
        *p = (char)toupper((unsigned char)*p);
}

static enum err_code check(const char *path, const struct settings *s, struct err *err)
{
    struct zone *zone = NULL;

    if (s->currency[0] && currency_decimals(str_of(s->currency)) < 0) {
        err_set(err, ERR_INVALID, "%s: currency \"%s\" is not an ISO 4217 code", path, s->currency);
        err_hint(err, "write three letters, such as EUR, AED or THB");
        return ERR_INVALID;
    }
    if (s->country[0] && (!isupper((unsigned char)s->country[0]) ||
                          !isupper((unsigned char)s->country[1]) || s->country[2])) {
        err_set(err, ERR_INVALID, "%s: country \"%s\" is not an ISO 3166 code", path, s->country);
        err_hint(err, "write two letters, such as DE, AE or TH");
        return ERR_INVALID;
    }
    if (!isnan(s->margin) && !(s->margin >= 0 && s->margin <= 1)) {
        err_set(err, ERR_INVALID, "%s: margin %g is not between 0 and 1", path, s->margin);
        err_hint(err, "write the share of a sale that remains after goods, shipping and fees: "
                      "0.35 for 35 percent");
        return ERR_INVALID;
    }
    if (zone_open(s->time_zone, &zone, err) != ERR_OK) {
        err_context(err, "reading %s", path);
        return ERR_INVALID;
    }
    zone_close(zone);
    return ERR_OK;
}

static enum err_code from_file(const char *path, const struct settings_file *file,
                               struct settings *out, struct err *err)
{
    struct settings s = settings_default();
    struct read_style style = {0};

    copy(s.shop, sizeof(s.shop), file->shop);
    copy_upper(s.currency, sizeof(s.currency), file->currency);
    copy_upper(s.country, sizeof(s.country), file->country);
    if (file->time_zone && file->time_zone[0])
        copy(s.time_zone, sizeof(s.time_zone), file->time_zone);
    s.week_start = file->week_start;
    s.margin = file->margin ? *file->margin : (double)NAN;
    copy(s.vertical, sizeof(s.vertical), file->vertical);
    copy(s.rates, sizeof(s.rates), file->rates);
    s.memory_bytes = file->memory_mib ? *file->memory_mib << 20 : 0;
    if (file->opened && parse_day(str_of(file->opened), &style, &s.opened_day, err) != ERR_OK) {
        err_hint(err, "write the day as 2023-05-17");
        err_context(err, "reading opened of %s", path);
        return ERR_INVALID;
    }
    TRY(check(path, &s, err));
    *out = s;
    return ERR_OK;
}

enum err_code settings_read(const char *path, struct settings *out_settings, struct err *err)
{
    void *file = NULL;
    enum err_code rc;

    if (access(path, F_OK) != 0 && errno == ENOENT) {
        *out_settings = settings_default();
        return ERR_OK;
    }
    TRY(yaml_read(path, &file_schema, &file, err));
    rc = from_file(path, file ? file : &(struct settings_file){0}, out_settings, err);
    yaml_data_free(&file_schema, file);
    return rc;
}

/* A text between double quotes; JSON's strings are YAML's. */
static void add_text(struct buf *b, const char *key, const char *value)
{
    if (!value[0])
        return;
    buf_addf(b, "%s: ", key);
    buf_add_json(b, str_of(value));
    buf_addc(b, '\n');
}

static void add_settings(struct buf *b, const struct settings *s)
{
    add_text(b, "shop", s->shop);
    add_text(b, "currency", s->currency);
    add_text(b, "country", s->country);
    add_text(b, "time_zone", s->time_zone);
    buf_addf(b, "week_start: %s\n", week_starts[s->week_start].str);
    if (!isnan(s->margin))
        buf_addf(b, "margin: %.6g\n", s->margin);
    add_text(b, "vertical", s->vertical);
    if (s->opened_day) {
        buf_addz(b, "opened: ");
        timestamp_add_date(b, s->opened_day * US_PER_DAY);
        buf_addc(b, '\n');
    }
    add_text(b, "rates", s->rates);
    if (s->memory_bytes)
        buf_addf(b, "memory_mib: %" PRIu64 "\n", s->memory_bytes >> 20);
}

enum err_code settings_write(const char *path, const struct settings *settings, struct err *err)
{
    struct buf b = BUF_INIT(16384);
    char next[4096];
    FILE *f = NULL;
    enum err_code rc;

    TRY(check(path, settings, err));
    if ((size_t)snprintf(next, sizeof(next), "%s.new", path) >= sizeof(next))
        return err_set(err, ERR_INVALID, "the path \"%s\" is too long", path);
    add_settings(&b, settings);
    rc = buf_check(&b, err);
    if (rc == ERR_OK && !(f = fopen(next, "we")))
        rc = err_errno(err, "writing \"%s\"", next);
    if (rc == ERR_OK && (fwrite(b.p, 1, b.n, f) != b.n || fflush(f) != 0 || fsync(fileno(f)) != 0))
        rc = err_errno(err, "writing \"%s\"", next);
    if (f && fclose(f) != 0 && rc == ERR_OK)
        rc = err_errno(err, "writing \"%s\"", next);
    if (rc == ERR_OK && rename(next, path) != 0)
        rc = err_errno(err, "replacing \"%s\"", path);
    buf_release(&b);
    return rc;
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/yaml_place.h"

#include "base/money.h"
#include "base/timestamp.h"

#include <unicode/uloc.h>

/* The text in capitals, which must have `n` letters. */
static enum err_code read_code(struct yaml_reader *r, yaml_node_t *node, const char **out, size_t n)
{
    char *copy;

    TRY(yaml_read_optional_text(r, node, out, NULL));
    if (**out == '\0')
        return ERR_OK;
    copy = arena_strdup(r->arena, str_of(*out));
    TRY(arena_check(r->arena, r->err));
    for (char *p = copy; *p; p++)
        *p = (char)toupper((unsigned char)*p);
    if (strlen(copy) != n || strspn(copy, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != n)
        return yaml_fail(r, node, "must be a code of %zu letters, is \"%.60s\"", n, copy);
    *out = copy;
    return ERR_OK;
}

static bool is_currency(const char *code)
{
    return currency_decimals(str_of(code)) >= 0;
}

static bool is_country(const char *code)
{
    const char *const *known = uloc_getISOCountries();

    while (*known && strcmp(*known, code) != 0)
        known++;
    return *known;
}

enum err_code yaml_read_currency(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg)
{
    const char **code = out;
    enum err_code rc = read_code(r, node, code, 3);

    (void)arg;
    if (rc == ERR_OK && **code && !is_currency(*code))
        rc = yaml_fail(r, node, "\"%s\" is no currency of ISO 4217", *code);
    if (rc == ERR_INVALID)
        err_hint(r->err, "write three letters, such as EUR, AED or THB");
    return rc;
}

enum err_code yaml_read_country(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg)
{
    const char **code = out;
    enum err_code rc = read_code(r, node, code, 2);

    (void)arg;
    if (rc == ERR_OK && **code && !is_country(*code))
        rc = yaml_fail(r, node, "\"%s\" is no country of ISO 3166", *code);
    if (rc == ERR_INVALID)
        err_hint(r->err, "write two letters, such as DE, AE or TH");
    return rc;
}

enum err_code yaml_read_time_zone(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg)
{
    static const size_t longest = 63;
    const char **name = out;
    struct zone *zone = NULL;

    (void)arg;
    TRY(yaml_read_optional_text(r, node, out, &longest));
    if (**name && zone_open(*name, &zone, NULL) != ERR_OK)
        return yaml_fail(r, node, "\"%.60s\" is no time zone such as Asia/Bangkok", *name);
    zone_close(zone);
    return ERR_OK;
}

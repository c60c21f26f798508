/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "cmd/options.h"

#include "base/i18n.h"
#include "base/nearest.h"

static enum err_code unknown_option(const struct option_row *rows, size_t n, const char *given,
                                    struct err *err)
{
    struct nearest near = nearest_to(str_of(given[0] && given[1] == '-' ? given + 2 : ""));

    for (size_t i = 0; i < n; i++)
        nearest_consider(&near, rows[i].name);
    err_set(err, ERR_USAGE, "there is no option %s", given);
    if (near.best)
        err_hint(err, "Did you mean --%s?", near.best);
    return ERR_USAGE;
}

/* The row that `arg` names, and where its value begins after "=" (NULL without one). */
static size_t find_row(const struct option_row *rows, size_t n, const char *arg,
                       const char **out_value)
{
    *out_value = NULL;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(rows[i].name);

        if (arg[1] == '-' && strncmp(arg + 2, rows[i].name, len) == 0 &&
            (arg[2 + len] == '\0' || arg[2 + len] == '=')) {
            *out_value = arg[2 + len] == '=' ? arg + 3 + len : NULL;
            return i;
        }
        if (arg[1] == rows[i].letter && arg[1] != '\0' && arg[2] == '\0')
            return i;
    }
    return SIZE_MAX;
}

/* The value of the option argv[*at], which is the row's: its own or the next argument. */
static enum err_code take_value(const struct option_row *row, const char *value, int argc,
                                char **argv, int *at, const char **out, struct err *err)
{
    if (!row->argument && value)
        return err_set(err, ERR_USAGE, "the option --%s takes no value", row->name);
    if (row->argument && !value) {
        if (*at + 1 >= argc)
            return err_set(err, ERR_USAGE, "the option --%s needs a value: %s", row->name,
                           row->argument);
        value = argv[++*at];
    }
    *out = value ? value : "";
    return ERR_OK;
}

enum err_code options_take(const struct option_row *rows, size_t n, int *argc, char **argv,
                           struct options *out, struct err *err)
{
    enum err_code rc = ERR_OK;
    int i = 0, kept = 0;

    assert(n <= OPTIONS_MAX);
    memset(out, 0, sizeof(*out));
    for (; i < *argc && rc == ERR_OK && strcmp(argv[i], "--") != 0; i++) {
        const char *value = NULL;
        size_t row = argv[i][0] == '-' ? find_row(rows, n, argv[i], &value) : SIZE_MAX;

        if (row == SIZE_MAX)
            argv[kept++] = argv[i];
        else
            rc = take_value(&rows[row], value, *argc, argv, &i, &out->values[row], err);
    }
    while (i < *argc)
        argv[kept++] = argv[i++];
    *argc = kept;
    return rc;
}

enum err_code options_parse(const struct option_row *rows, size_t n, int argc, char **argv,
                            struct options *out, struct err *err)
{
    bool only_operands = false;

    assert(n <= OPTIONS_MAX);
    memset(out, 0, sizeof(*out));
    for (int i = 0; i < argc; i++) {
        const char *arg = argv[i], *value;
        size_t row;

        if (only_operands || arg[0] != '-' || arg[1] == '\0') {
            if (out->operand_count == OPERANDS_MAX)
                return err_set(err, ERR_USAGE, "more than %d arguments", OPERANDS_MAX);
            out->operands[out->operand_count++] = arg;
            continue;
        }
        if (strcmp(arg, "--") == 0) {
            only_operands = true;
            continue;
        }
        row = find_row(rows, n, arg, &value);
        if (row == SIZE_MAX)
            return unknown_option(rows, n, arg, err);
        TRY(take_value(&rows[row], value, argc, argv, &i, &out->values[row], err));
        if (out->given_count == GIVEN_MAX)
            return err_set(err, ERR_USAGE, "more than %d options", GIVEN_MAX);
        out->given[out->given_count++] = (struct given_value){row, out->values[row]};
    }
    return ERR_OK;
}

const char *option_nth(const struct option_row *rows, const struct options *options,
                       const char *name, size_t i)
{
    for (size_t k = 0; k < options->given_count; k++)
        if (strcmp(rows[options->given[k].row].name, name) == 0 && i-- == 0)
            return options->given[k].text;
    return NULL;
}

const char *option_value(const struct option_row *rows, size_t n, const struct options *options,
                         const char *name)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(rows[i].name, name) == 0)
            return options->values[i];
    assert(false && "an option that its table does not hold");
    return NULL;
}

void options_add_help(const struct option_row *rows, size_t n, struct buf *out)
{
    for (size_t i = 0; i < n; i++) {
        struct buf left = BUF_INIT(120);

        if (rows[i].letter)
            buf_addf(&left, "-%c, ", rows[i].letter);
        else
            buf_addz(&left, "    ");
        buf_addf(&left, "--%s", rows[i].name);
        if (rows[i].argument)
            buf_addf(&left, " %s", rows[i].argument);
        buf_addf(out, "  %-26s  %s\n", buf_cstr(&left), _(rows[i].help));
        buf_release(&left);
    }
}

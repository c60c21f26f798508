/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/import/header.h"

#include "base/utf8.h"

#include <unicode/uchar.h>

static bool is_gap(UChar32 c)
{
    return c == ' ' || c == '_' || c == '\t' || c == '\n' || c == '\r' || c == 0xA0 || c == 0x202F;
}

static UChar32 char_at(struct str s, size_t *i)
{
    unsigned char first = (unsigned char)s.p[*i];
    size_t n = utf8_valid_at(s, *i);
    UChar32 c = first;

    if (n > 1)
        c &= 0x7F >> n;
    for (size_t k = 1; k < n; k++)
        c = c << 6 | ((unsigned char)s.p[*i + k] & 0x3F);
    *i += n ? n : 1;
    return c;
}

/* The next character as names are compared; 0 at the end. */
static UChar32 next_folded(struct str s, size_t *i)
{
    UChar32 c;

    if (*i >= s.n)
        return 0;
    c = char_at(s, i);
    if (!is_gap(c))
        return c < 0x80 ? tolower(c) : u_foldCase(c, U_FOLD_CASE_DEFAULT);
    while (*i < s.n) {
        size_t next = *i;

        if (!is_gap(char_at(s, &next)))
            break;
        *i = next;
    }
    return ' ';
}

bool header_name_matches(struct str cell, const char *name)
{
    struct str want = str_of(name);
    bool any_rest = str_ends(want, "*");
    size_t i = 0, j = 0;

    if (any_rest)
        want.n--;
    for (;;) {
        UChar32 w = next_folded(want, &j);

        if (w == 0 && any_rest)
            return true;
        if (w != next_folded(cell, &i))
            return false;
        if (w == 0)
            return true;
    }
}

static int find_cell(const struct import_column *column, const struct str *cells, size_t n)
{
    for (size_t k = 0; k < TM_COUNT(column->names) && column->names[k]; k++)
        for (size_t i = 0; i < n; i++)
            if (header_name_matches(cells[i], column->names[k]))
                return (int)i;
    return -1;
}

size_t header_bind(const struct importer *importer, const struct str *cells, size_t n, int *bound,
                   size_t *out_missing)
{
    size_t found = 0, missing = 0;

    assert(importer->column_count <= IMPORT_COLUMNS_MAX);
    for (size_t i = 0; i < importer->column_count; i++) {
        bound[i] = find_cell(&importer->columns[i], cells, n);
        found += bound[i] >= 0;
        missing += bound[i] < 0 && importer->columns[i].required;
    }
    *out_missing = missing;
    return found;
}

bool header_take(struct header *header, const struct importer *importer, const struct csv_row *row)
{
    struct header next = HEADER_INIT;
    size_t missing;

    next.cells = arena_alloc(&next.arena, row->n * sizeof(*next.cells));
    next.n = next.cells ? row->n : 0;
    for (size_t i = 0; i < next.n; i++)
        next.cells[i] = arena_str(&next.arena, str_trim(row->cells[i]));
    next.bound_count = header_bind(importer, next.cells, next.n, next.bound, &missing);
    if (missing > 0 || next.arena.failed) {
        header_release(&next);
        return false;
    }
    header_release(header);
    *header = next;
    return true;
}

void header_release(struct header *header)
{
    arena_release(&header->arena);
    header->cells = NULL;
    header->n = 0;
}

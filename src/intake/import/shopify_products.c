/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Shopify's products_export.csv: the first row of a handle tells the product, further rows its
 * variants and images. A row with a variant of its own makes a record, so that lines of orders
 * find their product by its number. */
#include "intake/import/fields.h"
#include "intake/import/group.h"
#include "shop/product.h"

enum { HANDLE, TITLE, VENDOR, CATEGORY, TYPE, SKU, PRICE, STATUS, PUBLISHED, IMAGE, COLUMNS };

static const struct import_column columns[COLUMNS] = {
    [HANDLE] = {{"Handle", "URL handle"}, true},
    [TITLE] = {{"Title"}, true},
    [VENDOR] = {{"Vendor"}, true},
    [CATEGORY] = {{"Product Category", "Standard Product Type", "Custom Product Type"}, false},
    [TYPE] = {{"Type"}, false},
    [SKU] = {{"Variant SKU", "SKU"}, true},
    [PRICE] = {{"Variant Price", "Price"}, true},
    [STATUS] = {{"Status"}, false},
    [PUBLISHED] = {{"Published", "Published on online store"}, false},
    [IMAGE] = {{"Image Src", "Product image URL"}, false},
};

/* Matrixify's files have the same columns and more. */
static bool matches(const struct import_run *run)
{
    for (size_t i = 0; i < import_header_count(run); i++)
        if (str_ieqz(import_header_cell(run, i), "Top Row") ||
            str_ieqz(import_header_cell(run, i), "Command"))
            return false;
    return true;
}

struct state {
    struct group group;
    struct arena texts; /* of the product at hand */
    struct product_record product;
};

static void release(void *memory)
{
    struct state *state = memory;

    group_release(&state->group);
    arena_release(&state->texts);
}

static enum err_code begin(struct import_run *run, struct err *err)
{
    struct state *state = import_state(run);

    (void)err;
    state->texts = ARENA_INIT(4 << 20);
    return ERR_OK;
}

static void start_product(struct import_run *run, const struct csv_row *row, struct state *state)
{
    struct arena *texts = &state->texts;
    struct str status = import_cell(run, row, STATUS);

    arena_reset(texts);
    state->product = RECORD_INIT(product, PRODUCT_COLUMNS);
    state->product.title = arena_str(texts, import_cell(run, row, TITLE));
    state->product.vendor = arena_str(texts, import_cell(run, row, VENDOR));
    state->product.category = arena_str(texts, field_either(run, row, TYPE, CATEGORY));
    state->product.image = arena_str(texts, product_address(import_cell(run, row, IMAGE)));
    state->product.url = product_shopify_page(texts, import_cell(run, row, HANDLE));
    if (status.n > 0)
        state->product.status = arena_str(texts, status);
    else if (import_has_column(run, PUBLISHED))
        state->product.status =
            field_flag(run, row, PUBLISHED) == 1 ? STR_LIT("active") : STR_LIT("draft");
}

static enum err_code put_variant(struct import_run *run, const struct csv_row *row,
                                 struct state *state, struct err *err)
{
    struct product_record product = state->product;
    bool ok;

    TRY(import_micros(run, row, PRICE, &product.price, &ok, err));
    if (!ok)
        return ERR_OK;
    product.line = row->line;
    product.product_key = buf_str(&state->group.key);
    product.sku = import_cell(run, row, SKU);
    product.currency = str_of(import_currency(run));
    TRY(arena_check(&state->texts, err));
    return import_put(run, RECORD_PRODUCT, &product, err);
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    struct state *state = import_state(run);
    struct str handle = import_cell(run, row, HANDLE);
    enum group_step step;

    if (handle.n == 0) {
        import_reject(run, row->line, "the product has no handle");
        return ERR_OK;
    }
    step = group_next(&state->group, handle);
    if (step != GROUP_SAME)
        start_product(run, row, state);
    if (step == GROUP_SAME && import_cell(run, row, SKU).n == 0) { /* an image, or no number */
        import_merged(run);
        return ERR_OK;
    }
    return put_variant(run, row, state, err);
}

const struct importer shopify_products_importer = {
    .name = "shopify_products",
    .source = "shopify",
    .title = N_("Shopify products"),
    .columns = columns,
    .column_count = COLUMNS,
    .matches = matches,
    .row = read_row,
    .begin = begin,
    .state_size = sizeof(struct state),
    .release = release,
};

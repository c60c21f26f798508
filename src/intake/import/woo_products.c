/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* WooCommerce, Products > Export: a row a product, and one for each variation of it, which names
 * its parent by SKU or as "id:12". A variation makes a record of the parent's, with a SKU and a
 * price of its own, so that lines of orders find the product by either. The file tells pictures,
 * but not pages. */
#include "intake/import/fields.h"
#include "shop/product.h"

#include <search.h>

enum {
    ID,
    TYPE,
    SKU,
    NAME,
    PUBLISHED,
    VISIBILITY,
    SALE_FROM,
    SALE_TO,
    IN_STOCK,
    SALE_PRICE,
    PRICE,
    CATEGORIES,
    IMAGES,
    PARENT,
    BRANDS,
    COLUMNS
};

static const struct import_column columns[COLUMNS] = {
    [ID] = {{"ID"}, true},
    [TYPE] = {{"Type"}, true},
    [SKU] = {{"SKU"}, true},
    [NAME] = {{"Name"}, true},
    [PUBLISHED] = {{"Published"}, true},
    [VISIBILITY] = {{"Visibility in catalog", "Visibility in catalogue"}, false},
    [SALE_FROM] = {{"Date sale price starts"}, false},
    [SALE_TO] = {{"Date sale price ends"}, false},
    [IN_STOCK] = {{"In stock?"}, false},
    [SALE_PRICE] = {{"Sale price"}, false},
    [PRICE] = {{"Regular price"}, true},
    [CATEGORIES] = {{"Categories"}, false},
    [IMAGES] = {{"Images"}, false},
    [PARENT] = {{"Parent"}, false},
    [BRANDS] = {{"Brands"}, false},
};

/* A product of variations, by a name by which they speak of it. */
struct known {
    struct str name;
    struct product_record product; /* its texts are the file's */
};

struct state {
    void *by_name; /* tree of struct known */
};

static int compare(const void *a, const void *b)
{
    const struct str left = ((const struct known *)a)->name,
                     right = ((const struct known *)b)->name;
    const size_t n = left.n < right.n ? left.n : right.n;
    const int order = memcmp(left.p, right.p, n);

    return order ? order : (left.n > right.n) - (left.n < right.n);
}

static void leave(void *known)
{
    (void)known; /* it is the arena's */
}

static void release(void *memory)
{
    tdestroy(((struct state *)memory)->by_name, leave);
}

static enum err_code remember(struct import_run *run, struct str name,
                              const struct product_record *product, struct err *err)
{
    struct state *state = import_state(run);
    struct arena *arena = import_file_arena(run);
    struct known *known;

    if (!name.n)
        return ERR_OK;
    known = arena_alloc(arena, sizeof(*known));
    if (known)
        *known = (struct known){arena_str(arena, name), *product};
    TRY(arena_check(arena, err));
    return tsearch(known, &state->by_name, compare)
               ? ERR_OK
               : err_set(err, ERR_MEMORY, "no memory for the products of this file");
}

/* By "id:12" and by its SKU. */
static enum err_code remember_parent(struct import_run *run, const struct csv_row *row,
                                     const struct product_record *product, struct err *err)
{
    struct arena *texts = import_file_arena(run);
    struct product_record kept = *product;
    char by_id[64];

    kept.product_key = kept.product_id = arena_str(texts, product->product_key);
    kept.title = arena_str(texts, product->title);
    kept.category = arena_str(texts, product->category);
    kept.vendor = arena_str(texts, product->vendor);
    kept.image = arena_str(texts, product->image);
    snprintf(by_id, sizeof(by_id), "id:%s", kept.product_key.p);
    TRY(remember(run, str_of(by_id), &kept, err));
    return remember(run, field_lower(run, row, SKU), &kept, err);
}

static const struct product_record *find(struct import_run *run, struct str name)
{
    const struct state *state = import_state(run);
    const struct known key = {.name = name};
    void *const *found = name.n ? tfind(&key, &state->by_name, compare) : NULL;

    return found ? &((const struct known *)*found)->product : NULL;
}

/* "a.jpg, b.jpg": the first; a comma of an address stands as "\,". */
static struct str first_picture(struct str images)
{
    for (size_t i = 0; i < images.n; i++)
        if (images.p[i] == ',')
            return i && images.p[i - 1] == '\\' ? STR_NONE : (struct str){images.p, i};
    return images;
}

/* "Clothing > Hats, Sale": the first, by its own name. */
static struct str first_category(struct str categories)
{
    size_t from = 0, i;

    for (i = 0; i < categories.n && categories.p[i] != ','; i++)
        if (categories.p[i] == '>')
            from = i + 1;
    return str_trim((struct str){categories.p + from, i - from});
}

static struct str status_of(const struct import_run *run, const struct csv_row *row)
{
    const struct str published = import_cell(run, row, PUBLISHED);

    if (str_eqz(published, "-1"))
        return STR_LIT("draft");
    if (str_eqz(published, "0"))
        return STR_LIT("private");
    if (str_eqz(import_cell(run, row, IN_STOCK), "0"))
        return STR_LIT("outofstock");
    return str_ieqz(import_cell(run, row, VISIBILITY), "hidden") ? STR_LIT("hidden")
                                                                 : STR_LIT("publish");
}

/* What it costs from now on: a sale of certain days is none. */
static enum err_code read_price(struct import_run *run, const struct csv_row *row,
                                int64_t *out_micros, bool *out_ok, struct err *err)
{
    int64_t sale = AMOUNT_NONE;

    TRY(import_micros(run, row, PRICE, out_micros, out_ok, err));
    if (!*out_ok || import_cell(run, row, SALE_FROM).n || import_cell(run, row, SALE_TO).n)
        return ERR_OK;
    TRY(import_micros(run, row, SALE_PRICE, &sale, out_ok, err));
    if (sale != AMOUNT_NONE)
        *out_micros = sale;
    return ERR_OK;
}

static struct product_record described(struct import_run *run, const struct csv_row *row)
{
    struct product_record product = RECORD_INIT(product, PRODUCT_COLUMNS);

    product.product_key = product.product_id = import_cell(run, row, ID);
    product.title = import_cell(run, row, NAME);
    product.category = first_category(import_cell(run, row, CATEGORIES));
    product.vendor = first_category(import_cell(run, row, BRANDS));
    product.image = product_address(first_picture(import_cell(run, row, IMAGES)));
    product.status = status_of(run, row);
    return product;
}

static enum err_code read_row(struct import_run *run, const struct csv_row *row, struct err *err)
{
    const struct str type = field_lower(run, row, TYPE);
    const struct product_record *parent =
        str_starts(type, "variation") ? find(run, field_lower(run, row, PARENT)) : NULL;
    struct product_record product;
    bool ok;

    if (!import_cell(run, row, ID).n) {
        import_reject(run, row->line, "the product has no ID");
        return ERR_OK;
    }
    product = parent ? *parent : described(run, row);
    TRY(read_price(run, row, &product.price, &ok, err));
    if (!ok)
        return ERR_OK;
    product.line = row->line;
    product.sku = import_cell(run, row, SKU);
    product.currency = str_of(import_currency(run));
    if (str_starts(type, "variable"))
        TRY(remember_parent(run, row, &product, err));
    return import_put(run, RECORD_PRODUCT, &product, err);
}

const struct importer woo_products_importer = {
    .name = "woo_products",
    .source = "woocommerce",
    .title = N_("WooCommerce: products"),
    .columns = columns,
    .column_count = COLUMNS,
    .row = read_row,
    .state_size = sizeof(struct state),
    .release = release,
};

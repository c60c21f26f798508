/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* yaml_read.h - YAML files into structs, checked against a schema (libcyaml).
 *
 * An error names the file, the line and the field. Files are small: YAML_FILE_MAX bytes.
 */
#ifndef TM_STORE_YAML_READ_H
#define TM_STORE_YAML_READ_H

#include "base/base.h"

#include <cyaml/cyaml.h>

enum { YAML_FILE_MAX = 1 << 20 };

/* Loads `path` by `schema`; the caller frees with yaml_data_free() and the same schema. A missing file
 * is ERR_NOT_FOUND. */
TM_MUST_CHECK enum err_code yaml_read(const char *path, const cyaml_schema_value_t *schema,
                                      void **out_data, struct err *err);
/* The same of text in memory; `name` stands for the file in errors. */
TM_MUST_CHECK enum err_code yaml_read_text(const char *name, struct str text,
                                           const cyaml_schema_value_t *schema, void **out_data,
                                           struct err *err);
/* NULL is fine. (yaml_free is a symbol of libyaml.) */
void yaml_data_free(const cyaml_schema_value_t *schema, void *data);

#endif

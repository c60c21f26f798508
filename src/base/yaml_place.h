/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* yaml_place.h - readers for yaml.h's tables: currencies, countries and time zones.
 *
 * Each gives a const char * in the reader's arena, "" where nothing is written. Codes may be
 * written in small letters and come out in capitals.
 */
#ifndef TM_BASE_YAML_PLACE_H
#define TM_BASE_YAML_PLACE_H

#include "base/yaml.h"

/* ISO 4217. */
enum err_code yaml_read_currency(struct yaml_reader *r, yaml_node_t *node, void *out,
                                 const void *arg);
/* ISO 3166, two letters. */
enum err_code yaml_read_country(struct yaml_reader *r, yaml_node_t *node, void *out,
                                const void *arg);
/* A name of the IANA database, at most 63 bytes. */
enum err_code yaml_read_time_zone(struct yaml_reader *r, yaml_node_t *node, void *out,
                                  const void *arg);

#endif

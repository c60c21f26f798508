/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/record.h"

#define COLUMN_ROW(type, field) {#field, COL_##type, offsetof(struct RECORD_NAME, field)},

#define RECORD_NAME person_record
static const struct record_column person_columns[] = {PERSON_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME order_record
static const struct record_column order_columns[] = {ORDER_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME line_record
static const struct record_column line_columns[] = {LINE_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME refund_record
static const struct record_column refund_columns[] = {REFUND_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME event_record
static const struct record_column event_columns[] = {EVENT_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME traffic_record
static const struct record_column traffic_columns[] = {TRAFFIC_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME message_record
static const struct record_column message_columns[] = {MESSAGE_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME mailing_record
static const struct record_column mailing_columns[] = {MAILING_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME spend_record
static const struct record_column spend_columns[] = {SPEND_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME consent_record
static const struct record_column consent_columns[] = {CONSENT_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME product_record
static const struct record_column product_columns[] = {PRODUCT_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME
#define RECORD_NAME activity_record
static const struct record_column activity_columns[] = {ACTIVITY_COLUMNS(COLUMN_ROW)};
#undef RECORD_NAME

#define LAYOUT_ROW(upper, lower, columns)                                                          \
    [RECORD_##upper] = {#lower, sizeof(struct lower##_record), lower##_columns,                    \
                        TM_COUNT(lower##_columns)},

static const struct record_layout layouts[RECORD_KIND_COUNT] = {RECORD_KINDS(LAYOUT_ROW)};

const struct record_layout *record_layout(enum record_kind kind)
{
    return &layouts[kind];
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* language.h - in which language and with which figures the program speaks: the options that
 * every command has, and the settings of a shop. The environment decides what neither tells.
 */
#ifndef TM_CMD_LANGUAGE_H
#define TM_CMD_LANGUAGE_H

#include "base/buf.h"
#include "store/settings.h"

/* Takes --lang, --calendar and --digits out of argv and follows them, before anything else is
 * looked at: a mistake in the rest of the line is told in that language. */
TM_MUST_CHECK enum err_code language_take_options(int *argc, char **argv, struct err *err);
/* Calendar and digits of a shop, where the command line told none. */
void language_take_settings(const struct settings *settings);
/* The options as help text. */
void language_add_help(struct buf *out);

#endif

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* node.h - what the files of tidemark-node share. */
#ifndef TM_NODE_NODE_H
#define TM_NODE_NODE_H

#include <stdbool.h>
#include <stddef.h>

/* The status a parent reads: sysexits numbers. */
enum {
    EXIT_CALLED_WRONGLY = 64,
    EXIT_NO_LIBRARY = 69,
    EXIT_OTHER = 70,
    EXIT_FOLDER_BUSY = 75,
};

enum { PATH_BYTES = 4096 };

struct node_settings {
    char password_sha256[65]; /* of the user "app", hexadecimal */
    char secret[129];         /* what requests carry in X-Tidemark-Key */
    unsigned long long memory, cache;
    unsigned threads;
};

/* Writes the reason to standard error and ends the process. */
void die(int status, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));
/* "dir/name"; ends the process when it does not fit. */
void path_join(char out_path[PATH_BYTES], const char *dir, const char *name);
/* Writes DIR/run/config.xml and users.xml, readable by this user only. */
void config_write(const char *dir, const struct node_settings *settings);
/* Takes from this thread, and all that it will start, what the engine has no need of. */
void confine(const char *dir);

#endif

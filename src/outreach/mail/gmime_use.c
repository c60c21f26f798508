/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "outreach/mail/gmime_use.h"

#include <pthread.h>

static pthread_once_t once = PTHREAD_ONCE_INIT;

static void begin(void)
{
    g_mime_init();
}

void gmime_begin(void)
{
    pthread_once(&once, begin);
}

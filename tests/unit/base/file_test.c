/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/file.h"

#include "base/digest.h"
#include "tap.h"
#include "temp_dir.h"

static void reads_whole(void)
{
    static char big[40000];
    struct buf text = BUF_INIT(0);
    struct err err = ERR_INIT;

    memset(big, 'x', sizeof(big));
    temp_write("big", big, sizeof(big));
    CHECK_OK(file_read(temp_path("big"), sizeof(big), &text, &err), err);
    CHECK(str_eq(buf_str(&text), (struct str){big, sizeof(big)}));
    buf_release(&text);

    CHECK(file_read(temp_path("big"), sizeof(big) - 1, &text, &err) == ERR_TOO_LARGE);
    CHECK_MSG(strstr(err.msg, "larger than 39999 bytes"), "%s", err.msg);
    buf_release(&text);

    temp_write("empty", "", 0);
    CHECK_OK(file_read(temp_path("empty"), 10, &text, &err), err);
    CHECK_INT(buf_str(&text).n, 0);
    buf_release(&text);

    CHECK(file_read(temp_path("absent"), 10, &text, &err) == ERR_NOT_FOUND);
    CHECK_MSG(strstr(err.msg, "absent"), "%s", err.msg);
    CHECK(file_read(temp_dir, 10, &text, &err) != ERR_OK);
    buf_release(&text);
}

static void replaces(void)
{
    struct buf text = BUF_INIT(0);
    struct err err = ERR_INIT;

    CHECK_OK(file_replace(temp_path("a"), STR_LIT("one, longer"), &err), err);
    CHECK_OK(file_replace(temp_path("a"), STR_LIT("two"), &err), err);
    CHECK_OK(file_read(temp_path("a"), 100, &text, &err), err);
    CHECK_STR(buf_cstr(&text), "two");
    buf_release(&text);
    CHECK(file_replace(temp_path("no/folder"), STR_LIT("x"), &err) == ERR_NOT_FOUND);
}

/* FIPS 180-2, appendix B.1; the digest of nothing. */
static void digests(void)
{
    struct digest d;
    char hex[DIGEST_HEX];

    digest_of(STR_LIT("abc"), hex);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_begin(&d);
    digest_add(&d, STR_LIT("a"));
    digest_add(&d, STR_LIT("bc"));
    digest_end(&d, hex);
    CHECK_STR(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    digest_of(STR_NONE, hex);
    CHECK_STR(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

int main(void)
{
    temp_dir_make();
    reads_whole();
    replaces();
    digests();
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "shop/identifier.h"

#include "tap.h"

static const char *const emails[][2] = {
    {" Jane.Doe@Example.COM ", "jane.doe@example.com"},
    {"'jane@example.com", "jane@example.com"},
    {"mailto:Jane@example.com", "jane@example.com"},
    {"jane+tag@sub.example.co.uk", "jane+tag@sub.example.co.uk"},
    {"jane@xn--bcher-kva.example", "jane@xn--bcher-kva.example"},
    {"o'brien@example.com", "o'brien@example.com"},
    {"\xC2\xA0jane@example.com\xC2\xA0", "jane@example.com"},
    {"", ""},
    {"jane", ""},
    {"jane@localhost", ""},
    {"jane@@example.com", ""},
    {"jane@example..com", ""},
    {"jane@.example.com", ""},
    {"jane@example.com.", ""},
    {"jane@example.c", ""},
    {"jane@-example.com", ""},
    {"jane@example-.com", ""},
    {"jane@example.com-", ""},
    {"jane doe@example.com", ""},
    {"jane,doe@example.com", ""},
    {"jane@example.com, joe@example.com", ""},
    {".jane@example.com", ""},
    {"jane.@example.com", ""},
    {"ja..ne@example.com", ""},
    {"<jane@example.com>", ""},
    {"@example.com", ""},
    {"null", ""},
};

static const char *const phones[][3] = {
    {"+66 81 234 5678", "", "+66812345678"},
    {"'+66 81-234-5678", "", "+66812345678"},
    {"0066812345678", "DE", "+66812345678"},
    {"081-234-5678", "TH", "+66812345678"},
    {"66812345678", "TH", "+66812345678"},
    {"66812345678.0", "TH", "+66812345678"},
    {"+66 081 234 5678", "", "+66812345678"},
    {"+49 (0)151 12345678", "", "+4915112345678"},
    {"0151 / 123 456 78", "de", "+4915112345678"},
    {"(212) 555-0123", "US", "+12125550123"},
    {"1-212-555-0123", "US", "+12125550123"},
    {"06 1234 5678", "IT", "+390612345678"},
    {"+39 06 1234 5678", "", "+390612345678"},
    {"٠٥٥ ١٢٣ ٤٥٦٧", "SA", "+966551234567"},
    {"๐๘๑๒๓๔๕๖๗๘", "TH", "+66812345678"},
    {"5012 3456", "QA", "+97450123456"},
    {"081-234-5678", "", ""},
    {"081-234-5678", "ZZ", ""},
    {"12", "TH", ""},
    {"+12", "", ""},
    {"0000000000", "TH", ""},
    {"+66000000000", "", ""},
    {"1111111111", "US", ""},
    {"6.68123E+10", "TH", ""},
    {"call me", "TH", ""},
    {"+1234567890123456789012345678901234567890", "", ""},
    {"", "TH", ""},
};

static const char *const ids[][2] = {
    {" 7210448301122 ", "7210448301122"},
    {"'7210448301122", "7210448301122"},
    {"7210448301122.0", "7210448301122"},
    {"v1.0", "v1.0"},
    {"AbC-9", "AbC-9"},
    {"7.21045E+12", ""},
    {"0", ""},
    {"000-000", ""},
    {"00000000-0000-0000-0000-000000000000", ""},
    {"-1", ""},
    {"NULL", ""},
    {"Anonymous", ""},
    {"none", ""},
    {"guest", ""},
    {"unknown", ""},
    {"test", ""},
    {"", ""},
    {"test-7", "test-7"},
};

int main(void)
{
    struct identifier id;
    char country[3] = "";
    char longest[2000];

    for (size_t i = 0; i < TM_COUNT(emails); i++) {
        identifier_email(str_of(emails[i][0]), &id);
        CHECK_STR(id.text, emails[i][1]);
    }
    for (size_t i = 0; i < TM_COUNT(phones); i++) {
        identifier_phone(str_of(phones[i][0]), phones[i][1], &id);
        CHECK_STR(id.text, phones[i][2]);
        CHECK_INT(id.n, strlen(id.text));
    }
    for (size_t i = 0; i < TM_COUNT(ids); i++) {
        identifier_id(str_of(ids[i][0]), &id);
        CHECK_STR(id.text, ids[i][1]);
        CHECK_INT(id.n, strlen(id.text));
    }
    identifier_phone(STR_LIT("+66812345678"), NULL, &id);
    CHECK(identifier_phone_country(&id, country));
    CHECK_STR(country, "TH");
    identifier_phone(STR_LIT("+12025550123"), NULL, &id); /* Canada or the United States */
    CHECK(!identifier_phone_country(&id, country));
    CHECK_STR(country, "TH");
    identifier_phone(STR_LIT("0812345678"), NULL, &id);
    CHECK_STR(id.text, "");
    memset(longest, 'a', sizeof(longest));
    identifier_id((struct str){longest, sizeof(longest)}, &id);
    CHECK_STR(id.text, "");
    memset(longest, '1', sizeof(longest));
    identifier_phone((struct str){longest, sizeof(longest)}, "TH", &id);
    CHECK_STR(id.text, "");
    longest[1000] = '@';
    identifier_email((struct str){longest, sizeof(longest)}, &id);
    CHECK_STR(id.text, "");
    CHECK(identifier_blocked(STR_LIT("0-0")) && !identifier_blocked(STR_LIT("0-1")));
    return tap_done();
}

/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* route_table.c - all that the server answers to. The API's description and the test that walks
 * every route by every role are made from these rows. */
#include "web/request.h"

#define API "/api/v1"
#define CURSOR                                                                                     \
    {                                                                                              \
        "cursor", "query", "next_cursor of the page before"                                        \
    }
#define LIMIT                                                                                      \
    {                                                                                              \
        "limit", "query", "rows of a page, 1 to 200"                                               \
    }
#define HISTORY_LIMIT                                                                              \
    {                                                                                              \
        "limit", "query", "how many, 1 to 500"                                                     \
    }
#define REPORT_LANG                                                                                \
    {                                                                                              \
        "lang", "query", "en, ar or th; else the reader's"                                         \
    }
#define ID                                                                                         \
    {                                                                                              \
        "id", "path", "its number"                                                                 \
    }

const char *const scope_names[SCOPE_COUNT] = {"read", "import", "work"};

/* Method, path, handler, status of a good answer; then what is not usual (request.h). */
const struct route routes[] = {
    {"GET", "/healthz", do_health, 200, .roles = MAY_PUBLIC, .unlocked = true, .place = AT_ROOT,
     .summary = "Whether all is well: 503 when the disk is nearly full or the worker stands still"},
    {"GET", "/metrics", do_metrics, 200, .roles = MAY_PUBLIC, .unlocked = true, .place = AT_ROOT,
     .summary = "Figures of the server for Prometheus"},
    {"GET", API "/openapi.json", do_openapi, 200, .roles = MAY_PUBLIC, .unlocked = true,
     .place = AT_BOTH, .summary = "This description"},
    {"GET", API "/shops", do_shops, 200, .roles = MAY_PUBLIC, .unlocked = true, .place = AT_BOTH,
     .summary =
         "Which shop this is, and the others of this server that the browser has a session in"},
    {"POST", API "/setup", do_setup, 201, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true, .summary = "Set the first owner: {token, email, password}; once"},
    {"POST", API "/reset", do_reset, 204, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true,
     .summary = "Set an owner's new password by the link of --reset-owner: {token, password}; "
                "ends the person's sessions"},
    {"POST", API "/login", do_login, 200, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true,
     .summary = "Begin a session: {email, password, code}; the code from who has a second factor"},
    {"POST", API "/logout", do_logout, 204, .roles = MAY_READ, .body_max = JSON_BODY_MAX,
     .csrf = true, .summary = "End the session"},
    {"GET", API "/me", do_me, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "Who is asking, and the session's CSRF token"},
    {"POST", API "/password", do_password, 204, .roles = MAY_READ, .body_max = JSON_BODY_MAX,
     .csrf = true, .unlocked = true,
     .summary = "Set one's own password: {current, password}; ends all other sessions"},
    {"POST", API "/prove", do_prove, 204, .roles = MAY_READ, .body_max = JSON_BODY_MAX,
     .csrf = true, .unlocked = true,
     .summary = "Show once more who one is, for five minutes: {password} or {code}"},
    {"GET", API "/second-factor", do_second, 200, .roles = MAY_READ,
     .summary = "Whether the second factor is on, and how many recovery codes are left"},
    {"POST", API "/second-factor", do_second_begin, 201, .roles = MAY_READ,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true,
     .summary = "Begin a second factor: its secret, as text, otpauth address and QR code"},
    {"PUT", API "/second-factor", do_second_confirm, 200, .roles = MAY_READ,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true,
     .summary = "Turn it on: {code} of the app; gives the recovery codes, once"},
    {"DELETE", API "/second-factor", do_second_delete, 204, .roles = MAY_READ, .csrf = true,
     .proof = true, .summary = "Turn it off"},
    {"GET", API "/users", do_users, 200, .roles = MAY_OWNER, .summary = "The people of the shop",
     .params = {CURSOR, LIMIT}},
    {"POST", API "/users", do_user_add, 201, .roles = MAY_OWNER, .body_max = JSON_BODY_MAX,
     .csrf = true, .proof = true, .unlocked = true,
     .summary = "Add somebody: {email, password, role}"},
    {"PATCH", API "/users/{id}", do_user_change, 200, .roles = MAY_OWNER, .body_max = JSON_BODY_MAX,
     .csrf = true, .proof = true, .unlocked = true,
     .summary =
         "Change {role, disabled, password, second_factor: false}; ends the person's sessions",
     .params = {ID}},
    {"DELETE", API "/users/{id}", do_user_delete, 204, .roles = MAY_OWNER, .csrf = true,
     .proof = true, .summary = "Take somebody away, with sessions and keys", .params = {ID}},
    {"GET", API "/keys", do_keys, 200, .roles = MAY_OWNER, .summary = "Keys of programs",
     .params = {CURSOR, LIMIT}},
    {"POST", API "/keys", do_key_add, 201, .roles = MAY_OWNER, .body_max = JSON_BODY_MAX,
     .csrf = true, .proof = true,
     .summary = "Make a key: {name, scopes: [read, import, work], days}; shown once"},
    {"DELETE", API "/keys/{id}", do_key_delete, 204, .roles = MAY_OWNER, .csrf = true,
     .summary = "Revoke a key", .params = {ID}},
    {"GET", API "/audit", do_audit, 200, .roles = MAY_OWNER,
     .summary = "What was done over the web, the newest first", .params = {CURSOR, LIMIT}},
    {"GET", API "/assessment", do_assessment, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "The newest assessment (docs/assessment.schema.json)"},
    {"GET", API "/assessment/report", do_report, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "The newest mark as a report",
     .params = {{"format", "query", "html, pdf, xlsx or csv"}, REPORT_LANG}},
    {"GET", API "/roadmap", do_roadmap, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "The road map that follows from the newest assessment and the plan as it stands",
     .params = {{"format", "query", "json (unless given), csv, ics or xlsx"}, REPORT_LANG}},
    {"POST", API "/whatif", do_what_if, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Stage, index and money if practices were at {levels: {practice: 1 to 4}}; changes "
                "nothing"},
    {"POST", API "/assessments", do_assess, 202, .roles = MAY_WORK, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true, .summary = "Assess the workspace"},
    {"GET", API "/jobs", do_jobs, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "Long work and what became of it, the newest first", .params = {CURSOR, LIMIT}},
    {"GET", API "/jobs/{id}", do_job, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "How far a job is", .params = {ID}},
    {"GET", API "/jobs/{id}/events", do_job_events, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "A job as server-sent events: progress, end", .params = {ID}},
    {"DELETE", API "/jobs/{id}", do_job_cancel, 202, .roles = MAY_WORK, .scope = SCOPE_WORK,
     .csrf = true, .unlocked = true, .summary = "Cancel a job", .params = {ID}},
    {"GET", API "/imports", do_imports, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "Files imported, the newest first", .params = {CURSOR, LIMIT}},
    {"POST", API "/imports", do_import, 202, .roles = MAY_WORK, .scope = SCOPE_IMPORT,
     .body_max = UPLOAD_MAX, .csrf = true, .upload = true, .unlocked = true,
     .summary = "Import the file that is the body",
     .params = {{"name", "query", "the file's name"},
                {"currency", "query", "of amounts that name none: a code such as EUR"},
                {"dates", "query", "dmy or mdy: how 03/04/2026 is meant"},
                {"decimals", "query", "point or comma: how 1,234 is meant"}}},
    {"GET", API "/imports/{id}", do_import_one, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary =
         "A file's report: rows read, stored, merged and rejected with line and reason, totals",
     .params = {ID}},
    {"DELETE", API "/imports/{id}", do_import_undo, 202, .roles = MAY_WORK, .scope = SCOPE_IMPORT,
     .csrf = true, .summary = "Take a file's records out again", .params = {ID}},
    {"GET", API "/questions", do_questions, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "The questions with what was answered, those first whose answer tells most"},
    {"PUT", API "/answers/{practice}", do_answer, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary =
         "Answer a question: {answer: 1 to 4 or dont_know, not_applicable, later, none; evidence, "
         "reason, until}",
     .params = {{"practice", "path", "its id"}}},
    {"GET", API "/plan", do_plan, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "What the owner decided about the road map (docs/plan.md), as YAML in {plan}"},
    {"PUT", API "/plan", do_plan_put, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Replace it: {plan}; with If-Match, the ETag of the one that is replaced, or *"},
    {"PATCH", API "/plan", do_plan_change, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Change {start, quarters, target, weekend, currency, dollar, budget, roles: {id: "
                "{hours, name}}}; the rest of the file stays as it is written"},
    {"PATCH", API "/plan/steps/{practice}", do_plan_step, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true,
     .summary =
         "Change what is wanted of a practice's next step: {pin: quarter, \"first\" or null; "
         "forbid; begun: true or hours left; done: levels; owner; not_before}",
     .params = {{"practice", "path", "its id"}}},
    {"GET", API "/history", do_history, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "Every assessment kept, the oldest first; a page is of the newest, the next one of "
                "those before",
     .params = {CURSOR, HISTORY_LIMIT}},
    {"GET", API "/settings", do_settings, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "What the shop tells about itself, and for how many days what is kept; its ETag is "
                "for If-Match"},
    {"PUT", API "/settings", do_settings_put, 200, .roles = MAY_OWNER, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Change some of it: {shop, currency, country, time_zone, vertical, margin, goal, "
                "week_start; keep_events, keep_messages, keep_live, keep_people, keep_reasons, "
                "keep_marks, keep_erasures, keep_audit: days, 0 for ever; erase_on_request: "
                "in_time, at_once or by_hand} (docs/settings.md); 412 when If-Match names "
                "another version"},
    {"GET", API "/files", do_files, 200, .roles = MAY_READ, .scope = SCOPE_READ, .unlocked = true,
     .summary =
         "Which of tidemark.yaml, answers.yaml and plan.yaml were changed by hand and cannot "
         "be taken: {wrong: name, detail with line, hint, since}; the former ones go on"},
    {"GET", API "/views", do_views, 200, .roles = MAY_READ, .scope = SCOPE_READ, .unlocked = true,
     .summary = "Which views of the shop's numbers there are, with their parameters"},
    {"GET", API "/views/{view}", do_view, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true, .summary = "A view's rows (docs/views.md)",
     .params = {{"view", "path", "its name"}}},
    {"GET", API "/segments", do_segments, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "The shop's segments (docs/segments.md): text, how many belong to it and when that "
                "was counted, who changed it last, what is wrong with it"},
    {"POST", API "/segments", do_segment_add, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Keep a new one: {name, about, and text, or tree as a builder has it}"},
    {"GET", API "/segments/words", do_segment_words, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary =
         "All that segments can ask for: attributes, functions with their fields and totals, "
         "types, choices, in the reader's language"},
    {"GET", API "/segments/starters", do_segment_starters, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .unlocked = true, .summary = "Segments to begin with"},
    {"POST", API "/segments/check", do_segment_check, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary =
         "Whether a text (or tree) is right: its own form as text and tree, or what is wrong "
         "with it, where, and the nearest name: {text or tree, id: of the kept one that it "
         "would replace}; keeps nothing"},
    {"POST", API "/segments/count", do_segment_count, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "How many of how many people belong to a text, a tree or a kept segment: {text, "
                "tree or id}; ends when the asker goes"},
    {"POST", API "/segments/explain", do_segment_explain, 200, .roles = MAY_PLAN,
     .scope = SCOPE_READ, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Why a person is in a segment or not, condition by condition: {person, and text, "
                "tree or id}"},
    {"GET", API "/segments/{id}", do_segment, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "One segment, with its tree; its ETag is for If-Match", .params = {ID}},
    {"PUT", API "/segments/{id}", do_segment_put, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Change it: {name, about, and text or tree}; 412 when If-Match names another "
                "version",
     .params = {ID}},
    {"DELETE", API "/segments/{id}", do_segment_delete, 204, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .csrf = true, .summary = "Take it away; 409 while another one speaks of it", .params = {ID}},
    {"GET", API "/segments/{id}/members", do_segment_members, 200, .roles = MAY_PLAN,
     .scope = SCOPE_READ, .unlocked = true,
     .summary = "Who belongs to it by now, since when, with the numbers of their pages",
     .params = {ID, CURSOR, LIMIT}},
    {"GET", API "/segments/{id}/ads", do_segment_ads, 200, .roles = MAY_PLAN, .unlocked = true,
     .summary =
         "What was made of it for advertising places: of each place when it was made last, by "
         "whom, how many are on the list and how many did not agree; null before the first "
         "time",
     .params = {ID}},
    {"POST", API "/segments/{id}/ads", do_segment_ads_make, 202, .roles = MAY_PLAN,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "Make its list for a place anew, as a job: {place: meta, google, tiktok or x, "
                "without: the number of a segment whose people are left out}; on it are those who "
                "agreed to be shown advertisements",
     .params = {ID}},
    {"GET", API "/segments/{id}/ads/file", do_segment_ads_file, 200, .roles = MAY_PLAN,
     .proof = true, .unlocked = true,
     .summary = "A file of the list as the place wants it, hashes instead of addresses; on record",
     .params = {ID,
                {"place", "query", "meta, google, tiktok or x"},
                {"what", "query",
                 "on (unless given): who is on it; gone: who is to be taken out"}}},
    {"GET", API "/people/{person}/segments", do_person_segments, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .summary = "The segments that a person is in by now",
     .params = {{"person", "path", "the number of the person's page"}}},
    {"GET", API "/campaigns", do_campaigns, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "The shop's campaigns (docs/campaigns.md): status, whose word each has, how many "
                "people were counted, what one waits for"},
    {"POST", API "/campaigns", do_campaign_add, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = TEXT_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Keep a new one: {text}"},
    {"POST", API "/campaigns/check", do_campaign_check, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .body_max = TEXT_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "All mistakes of a text with their lines, or what it says: {text}"},
    {"GET", API "/campaigns/starters", do_campaign_starters, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .summary = "Campaigns to begin with"},
    {"GET", API "/campaigns/{id}", do_campaign, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true, .summary = "One campaign with its text; its ETag is for If-Match",
     .params = {ID}},
    {"PUT", API "/campaigns/{id}", do_campaign_put, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = TEXT_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Change a draft: {text}; takes its approval and its count away; 412 when If-Match "
                "names another text",
     .params = {ID}},
    {"DELETE", API "/campaigns/{id}", do_campaign_delete, 204, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .csrf = true, .unlocked = true,
     .summary = "Take it away; 409 while it is on its way", .params = {ID}},
    {"POST", API "/campaigns/{id}/preview", do_campaign_preview, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Count whom it reaches, by channel and variant; the count is kept with its text",
     .params = {ID}},
    {"POST", API "/campaigns/{id}/test", do_campaign_test, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Send each of its messages with invented data to an address of one's own: {to}; "
                "what the mail server answered",
     .params = {ID}},
    {"POST", API "/campaigns/{id}/approve", do_campaign_approve, 200, .roles = MAY_APPROVE,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Approve the text as it was counted; 403 for who changed it last", .params = {ID}},
    {"POST", API "/campaigns/{id}/launch", do_campaign_launch, 200, .roles = MAY_PLAN,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary =
         "Send it on its way; nothing goes out within the first minute. 422 when the DNS says "
         "that mailboxes will refuse its e-mails, unless \"anyway\"",
     .params = {ID}},
    {"POST", API "/campaigns/{id}/pause", do_campaign_pause, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Nothing more is planned or handed over", .params = {ID}},
    {"POST", API "/campaigns/{id}/resume", do_campaign_resume, 200, .roles = MAY_PLAN,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "It goes on where it was", .params = {ID}},
    {"POST", API "/campaigns/{id}/confirm", do_campaign_confirm, 200, .roles = MAY_PLAN,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "One that waits for a word goes on, for as many people as there are",
     .params = {ID}},
    {"POST", API "/campaigns/{id}/cancel", do_campaign_cancel, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "For good: what was not handed over never is", .params = {ID}},
    {"GET", API "/campaigns/{id}/numbers", do_campaign_numbers, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .unlocked = true,
     .summary = "What became of its messages, by message, variant, state and reason",
     .params = {ID}},
    {"GET", API "/calendar", do_calendar, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true, .summary = "When campaigns send what, and which flows are on",
     .params = {{"from", "query", "day, such as 2026-11-01; else the first of this month"},
                {"to", "query", "day; else the last of that month"},
                {"format", "query", "json or ics"}}},
    {"GET", API "/sources", do_sources, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary =
         "Who sends live messages: write keys, how much came today, in 24 hours and 30 days, "
         "what was refused and why, the last of it, and whether it is quieter than usual"},
    {"POST", API "/sources", do_source_add, 201, .roles = MAY_OWNER, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary =
         "Make a write key: {name, ledger: whether its orders are the shop's own}; or connect a "
         "shop: {name, protocol: shopify or woocommerce, secret, domain: of the only shop that "
         "counts}"},
    {"PATCH", API "/sources/{id}", do_source_change, 200, .roles = MAY_OWNER, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Change {name, domain: of the only shop whose messages count, null: any}",
     .params = {ID}},
    {"POST", API "/sources/{id}/rotate", do_source_rotate, 200, .roles = MAY_OWNER,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "A new key in place of the old one, which counts no more", .params = {ID}},
    {"DELETE", API "/sources/{id}", do_source_revoke, 204, .roles = MAY_OWNER, .scope = SCOPE_WORK,
     .csrf = true, .summary = "Revoke a write key; what it sent stays", .params = {ID}},
    {"GET", API "/sources/{id}/refused", do_source_refused, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .summary = "What was refused of it and why, the newest first",
     .params = {ID, LIMIT}},
    {"GET", API "/live/events", do_live_events, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "What comes in live, now, as server-sent events: begin, came, whose, gap, counts; "
                "goes on after Last-Event-ID",
     .params = {{"people", "query", "1: with who it was, for owners and marketers; on record"},
                {"after", "query", "number of the last event seen, in place of Last-Event-ID"},
                {"seconds", "query", "when the stream ends, 300 at most"},
                REPORT_LANG}},
    {"POST", "/v1/{call}", do_live, 200, .roles = MAY_PUBLIC, .body_max = LIVE_BODY_BYTES_MAX,
     .unlocked = true, .live = true, .place = AT_BOTH,
     .summary = "Live messages as Segment's libraries send them (docs/live.md); the write key in "
                "the body or as user name",
     .params =
         {{"call", "path",
           "track, identify, page, screen, group, alias, batch, import; t, i, p, s, g, a, b"}}},
    {"OPTIONS", "/v1/{call}", do_live_options, 204, .roles = MAY_PUBLIC, .unlocked = true,
     .live = true, .place = AT_BOTH, .summary = "What a browser asks first",
     .params = {{"call", "path", "as above"}}},
    {"PUT", API "/sources/{id}/secret", do_source_secret, 204, .roles = MAY_OWNER,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true,
     .summary =
         "Change what a shop's webhooks are signed with: {secret}; during a change both, one "
         "a line",
     .params = {ID}},
    {"POST", "/hooks/{key}", do_hook, 200, .roles = MAY_PUBLIC, .body_max = HOOK_BODY_BYTES_MAX,
     .unlocked = true, .live = true, .place = AT_BOTH,
     .summary = "Webhooks of Shopify and WooCommerce (docs/live.md), proven by their signature",
     .params = {{"key", "path", "of the source that the shop is"}}},
    {"GET", API "/people/suggestions", do_suggestions, 200, .roles = MAY_PLAN, .scope = SCOPE_READ,
     .summary = "Pairs of people who may be one, the likeliest first, as the records were last "
                "resolved; nobody is joined"},
    {"GET", API "/people/{person}/waiting", do_person_waiting, 200, .roles = MAY_READ,
     .scope = SCOPE_READ, .unlocked = true,
     .summary = "What came live from a person and is not in the figures yet, the newest first",
     .params = {{"person", "path", "the number of a person, as views tell it"}}},
    {"GET", API "/people/decisions", do_decisions, 200, .roles = MAY_PLAN, .scope = SCOPE_READ,
     .summary = "What was decided on who is one person, the oldest first"},
    {"POST", API "/people/decisions", do_decide, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Decide on two people: {a, b, kind: \"same\" or \"apart\"}; their numbers as text"},
    {"DELETE", API "/people/decisions/{id}", do_undecide, 204, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .csrf = true, .summary = "Take a decision back", .params = {ID}},
    {"POST", API "/people/export", do_person_export, 202, .roles = MAY_PLAN,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "Write down everything that is kept of one person, as a ZIP file: {who: an e-mail "
                "address, phone number, customer number, log-in, or a person's number}"},
    {"GET", API "/people/exports/{id}", do_export_file, 200, .roles = MAY_PLAN, .proof = true,
     .unlocked = true,
     .summary = "That file, for a day, by the number of the job that made it; on record",
     .params = {ID}},
    {"DELETE", API "/people/exports/{id}", do_export_delete, 204, .roles = MAY_PLAN, .csrf = true,
     .unlocked = true, .summary = "Take that file away", .params = {ID}},
    {"POST", API "/people/erase", do_person_erase, 202, .roles = MAY_OWNER,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "Erase one person, for good: {who, confirm: \"erase\"}, or with {who, dry_run: "
                "true} tell how much there is; the job's report has the counts and the proof"},
    {"GET", API "/people/erasures", do_erasures, 200, .roles = MAY_OWNER,
     .summary = "What was erased and how far each erasure is, naming nobody"},
    {"POST", API "/sources/{id}/forget", do_source_forget, 202, .roles = MAY_OWNER,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "Forget everything that came by a source, for good: {confirm: \"forget\"}; it is a "
                "duty from then on",
     .params = {ID}},
    {"GET", API "/duties", do_duties, 200, .roles = MAY_OWNER,
     .summary =
         "What shops' systems ask for by law, by its day: kind tell, erase_person or "
         "erase_shop; state new, open, working, ready, done or failed; who, until it is done"},
    {"POST", API "/duties/{id}/begin", do_duty_begin, 202, .roles = MAY_OWNER,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "Do it now: make the file of what is kept ({}), erase the person ({confirm: "
                "\"erase\"}), forget the source ({confirm: \"forget\"}); {job} is 0 while "
                "another is under way",
     .params = {ID}},
    {"POST", API "/duties/{id}/done", do_duty_mark, 204, .roles = MAY_OWNER,
     .body_max = JSON_BODY_MAX, .csrf = true, .proof = true, .unlocked = true,
     .summary = "It was done, or seen to, otherwise; its file goes", .params = {ID}},
    {"GET", API "/flows", do_flows, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary =
         "The shop's flows: name, state (off, on, stopped), how many started, are on the way "
         "and reached the goal"},
    {"POST", API "/flows", do_flow_add, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = FLOW_BODY_MAX, .csrf = true,
     .summary = "Keep a flow under the name that its text gives: {text}; it is off"},
    {"GET", API "/flows/starters", do_flow_starters, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "Flows to begin with, each with the practice that it serves",
     .params = {{"practice", "query", "of this practice alone"}}},
    {"POST", API "/flows/starters", do_flow_start, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Keep one of them and switch it on: {code, on: false to only keep it}"},
    {"POST", API "/flows/check", do_flow_check, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .body_max = FLOW_BODY_MAX, .csrf = true,
     .summary = "All mistakes of a text, each with its line, what the shop lacks for it, and its "
                "steps: {text}"},
    {"GET", API "/flows/{id}", do_flow, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "A flow as text and as its steps, each with where it leads to", .params = {ID}},
    {"PUT", API "/flows/{id}", do_flow_put, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = FLOW_BODY_MAX, .csrf = true,
     .summary = "Change a flow: {text}; in force at once. If-Match refuses another version",
     .params = {ID}},
    {"DELETE", API "/flows/{id}", do_flow_delete, 204, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .csrf = true, .summary = "Remove a flow: who is on the way is stopped", .params = {ID}},
    {"GET", API "/flows/{id}/numbers", do_flow_numbers, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "What became of the people of a flow, also at each step, and of those held out",
     .params = {ID}},
    {"POST", API "/flows/{id}/on", do_flow_on, 204, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .summary = "Let people start", .params = {ID}},
    {"POST", API "/flows/{id}/off", do_flow_off, 204, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true,
     .summary = "Let nobody start any more; {stop: true} also stops who is on the way, and nothing "
                "that is planned is sent",
     .params = {ID}},
    {"GET", API "/tasks", do_tasks, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "What flows ask the shop's people to do, the earliest due first",
     .params = {{"all", "query", "1: also what is done"}}},
    {"POST", API "/tasks/{id}/done", do_task_done, 204, .roles = MAY_WORK, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .summary = "It is done", .params = {ID}},
    {"POST", API "/consent/find", do_consent_find, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "What an address or customer allowed or forbade, the oldest first, and what stands "
                "against writing to it: {who}"},
    {"POST", API "/consent", do_consent_add, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Keep a word that came by letter or call: {who, channel, state: \"granted\" or "
                "\"withdrawn\", proof, wording}; granted needs a proof, and lifts suppression"},
    {"GET", API "/consent/health", do_consent_health, 200, .roles = MAY_PLAN, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "Whether every entry of the ledger of consent is as it was written"},
    {"GET", API "/suppression", do_suppression, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "How many addresses must not be written to, by channel and reason"},
    {"POST", API "/suppression", do_suppression_add, 201, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Write to an address no more: {who, channel}; without channel on none"},
    {"POST", API "/suppression/check", do_suppression_check, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Whether anything stands against writing to an address: {who, channel}"},
    {"GET", API "/sending", do_sending, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .unlocked = true,
     .summary = "Whether messages leave: state unset, empty, unarmed, stopped, failing or ready; "
                "messages by state and reason, campaigns of seven days with what came back"},
    {"POST", API "/sending/stop", do_sending_stop, 200, .roles = MAY_WORK, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary = "Stop all sending: nothing is handed over any more"},
    {"POST", API "/sending/start", do_sending_start, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true, .summary = "Go on after a stop"},
    {"POST", API "/sending/arm", do_sending_arm, 200, .roles = MAY_OWNER, .body_max = JSON_BODY_MAX,
     .csrf = true, .proof = true, .unlocked = true,
     .summary = "Allow sending from this workspace, which is new or a copy"},
    {"POST", API "/sending/test", do_sending_test, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = JSON_BODY_MAX, .csrf = true, .unlocked = true,
     .summary =
         "Send one message with invented data: {to, message, language}; what the mail server "
         "answered"},
    {"GET", "/u/{link}", do_leave_page, 200, .roles = MAY_PUBLIC, .unlocked = true, .mailed = true,
     .summary = "A page with a button to unsubscribe; asking for it changes nothing",
     .params = {{"link", "path", "of a message"}}},
    {"POST", "/u/{link}", do_leave, 200, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true, .mailed = true,
     .summary = "Unsubscribe with one click (RFC 8058): List-Unsubscribe=One-Click",
     .params = {{"link", "path", "of a message"}}},
    {"POST", "/texts", do_texts, 200, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true, .mailed = true,
     .summary = "What people answer to text messages, told by the service that sends them, proven "
                "by its signature: STOP withdraws, START takes that back"},
    {"POST", "/texts/{token}", do_text_status, 200, .roles = MAY_PUBLIC, .body_max = JSON_BODY_MAX,
     .unlocked = true, .mailed = true,
     .summary = "What became of a text message, told by the service, proven by its signature",
     .params = {{"token", "path", "of the message"}}},
    {"POST", "/returns/{provider}", do_report_of_mail, 200, .roles = MAY_PUBLIC,
     .body_max = HOOK_BODY_BYTES_MAX, .unlocked = true, .mailed = true,
     .summary =
         "What became of e-mails, told by the mail service that took them and proven as that "
         "service does it (docs/sending.md)",
     .params = {{"provider", "path", "ses, postmark, mailgun, sendgrid or brevo"}}},
    {"GET", API "/messages", do_messages, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "The messages that are kept, by name"},
    {"GET", API "/messages/starters", do_message_starters, 200, .roles = MAY_READ,
     .scope = SCOPE_READ,
     .summary = "Messages to begin with; a kept one of the same name takes its place"},
    {"GET", API "/messages/{id}", do_message, 200, .roles = MAY_READ, .scope = SCOPE_READ,
     .summary = "One message: its text, its languages, what it asks its data for, what stands "
                "against sending it as marketing and what is not translated; which flows and "
                "campaigns send it",
     .params = {ID}},
    {"PUT", API "/messages", do_message_put, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = MESSAGE_BODY_MAX, .csrf = true,
     .summary = "Keep a message under the name in its text: {text}; one of that name is changed"},
    {"PUT", API "/messages/{id}", do_message_change, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = MESSAGE_BODY_MAX, .csrf = true,
     .summary = "Change a message: {text}; it gets the name in it. Where If-Match names another "
                "version it was changed meanwhile (412)",
     .params = {ID}},
    {"DELETE", API "/messages/{id}", do_message_delete, 204, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .csrf = true, .summary = "Remove a message", .params = {ID}},
    {"POST", API "/messages/check", do_message_check, 200, .roles = MAY_PLAN, .scope = SCOPE_WORK,
     .body_max = MESSAGE_BODY_MAX, .csrf = true,
     .summary = "What a text would be as a message, without keeping it: {text}; ok, or all that "
                "is wrong, with lines"},
    {"POST", API "/messages/preview", do_message_preview, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .body_max = MESSAGE_BODY_MAX, .csrf = true, .unlocked = true,
     .summary =
         "A message as a person would get it: {text or name, person (number of a page) or who "
         "(address, customer, order), data, language}; else an example's. The HTML is the shop's "
         "own and may hold anything: "
         "show it only in a frame with the attribute sandbox that allows neither scripts "
         "nor the same origin; `frame` is where it is for ten minutes, for who asked"},
    {"GET", API "/messages/previews/{id}", do_message_framed, 200, .roles = MAY_PLAN,
     .scope = SCOPE_WORK, .unlocked = true,
     .summary = "The HTML of a preview as a document without an origin, in which no script runs",
     .params = {{"id", "path", "of the preview"},
                {"dark", "query", "1: as where a program is dark"}}},
    {"GET", "/c", do_click, 302, .roles = MAY_PUBLIC, .unlocked = true, .mailed = true,
     .summary = "A link of a message: counted, then followed to where the message led",
     .params = {{"t", "query", "the link, signed"}}},
    {"GET", "/o", do_open, 200, .roles = MAY_PUBLIC, .unlocked = true, .mailed = true,
     .summary = "The picture by which it is counted that a message was opened",
     .params = {{"t", "query", "the link, signed"}}},
    {"GET", "/", do_page, 200, .roles = MAY_PUBLIC, .unlocked = true, .place = AT_BOTH,
     .summary = "The dashboard, with its files"},
};
const size_t route_count = TM_COUNT(routes);

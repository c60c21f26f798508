/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* request.h - one request, the route it takes, the shop it is for, and what all shops share; inside
 * src/web only. */
#ifndef TM_WEB_REQUEST_H
#define TM_WEB_REQUEST_H

#include "base/json_read.h"
#include "base/json_write.h"
#include "intake/live/door.h"
#include "store/access.h"
#include "web/engines.h"
#include "web/jobs.h"
#include "web/limits.h"
#include "web/server.h"
#include "web/squeeze.h"

#include <microhttpd.h>
#include <stdatomic.h>

/* What may come in. */
enum {
    HEADER_BYTES_MAX = 16 << 10, /* request line and headers */
    PATH_MAX_BYTES = 512,
    JSON_BODY_MAX = 64 << 10,
    TEXT_BODY_MAX = 512 << 10,  /* of a long text within JSON */
    MESSAGE_BODY_MAX = 2 << 20, /* a message's text, as JSON writes it */
    FLOW_BODY_MAX = 512 << 10,  /* the text of a flow, escaped */
    BODY_DEPTH_MAX = 64,
    UPLOAD_MAX = 2000000000,         /* bytes of one file */
    LIVE_BODY_BYTES_MAX = 500 << 10, /* of live messages */
    HOOK_BODY_BYTES_MAX = 1 << 20,   /* of a shop's webhook */
    LINGER_MAX = 4 << 20,            /* of a refused body that is read before the answer */
    ANSWER_MAX = 64 << 20,
    IDLE_SECONDS = 20,    /* without a byte, or for all of the headers */
    BODY_SECONDS = 30,    /* for all of a body that is no upload */
    UPLOAD_SECONDS = 1800 /* for all of an upload */
};

struct request;
typedef enum err_code web_handler(struct web *web, struct request *q, struct err *err);

/* Who may: bits 1 << role; PUBLIC needs nobody to be known. */
enum {
    MAY_PUBLIC = 1,
    MAY_OWNER = 1 << ROLE_OWNER,
    MAY_PLAN = MAY_OWNER | 1 << ROLE_MARKETER, /* decides what is done */
    MAY_APPROVE = MAY_OWNER,                 /* gives the second word on what others mean to send */
    MAY_WORK = MAY_PLAN | 1 << ROLE_ANALYST, /* brings data in and assesses */
    MAY_READ = MAY_WORK | 1 << ROLE_VIEWER
};
/* What a program's key may; a route without one is for people only. */
enum { SCOPE_READ = 1, SCOPE_IMPORT = 2, SCOPE_WORK = 4, SCOPE_ALL = 7 };
enum { SCOPE_COUNT = 3 };
extern const char *const scope_names[SCOPE_COUNT]; /* by bit */

struct route_param {
    const char *name;
    const char *in; /* "query" or "path" */
    const char *summary;
};

enum { ROUTE_PARAMS_MAX = 6 };

/* Where a route is when there are several shops; with one all are at the root. */
enum route_place { AT_SHOP, AT_ROOT, AT_BOTH };

struct route {
    const char *method;
    const char *path; /* "/api/v1/jobs/{id}"; one {..} at most */
    web_handler *handler;
    int status; /* of a good answer */
    unsigned roles;
    unsigned scope;
    size_t body_max; /* 0: no body */
    bool csrf;       /* changes something: a session must show its token */
    bool upload;     /* the body is a file, streamed to the disk */
    bool proof;      /* a session must have shown lately who it is */
    bool unlocked;   /* the handler takes the store's lock itself */
    bool mailed;     /* a link in messages: nobody is known, any type */
    bool live;       /* messages of sites and apps: any page may ask, nobody is known, any type */
    enum route_place place;
    const char *summary;
    struct route_param params[ROUTE_PARAMS_MAX];
};

extern const struct route routes[];
extern const size_t route_count;

struct request {
    struct MHD_Connection *connection;
    struct web *web;
    const struct route *route; /* NULL: none fits */
    int64_t from_us;
    char id[17];
    char method[8];
    char path[PATH_MAX_BYTES]; /* below the shop */
    char arg[256];             /* what stands for {..} */
    char ip[64];
    uint64_t received;
    struct buf body;
    int upload_fd; /* -1: none */
    int file;      /* the answer instead of `out`, of file_bytes; -1: none */
    uint64_t file_bytes;
    char upload_dir[1200], upload_path[1400];
    /* Who asks; user.id 0: nobody known. */
    struct user_entry user;
    struct session_entry session; /* hash "" without one */
    struct key_entry key;         /* id 0 without one */
    /* The answer. */
    struct buf out;
    int status;
    const char *type;
    const char *etag;   /* NULL: none */
    bool for_ever;      /* what this address gives never changes */
    bool framed;        /* HTML of the shop's own, for a frame of ours */
    bool any_site;      /* pages of other sites load it */
    enum coding coding; /* of `out` */
    bool forwarded;     /* by a proxy that is believed */
    char cookie[320], object[128], location[2048];
    char etag_made[48];
    char version[24];    /* of what is told, for If-Match; "" for none */
    bool stale;          /* figures from before the newest import */
    const char *need;    /* what the asker has to send: "code", "proof"; NULL: nothing */
    bool traced;         /* on record although it only reads */
    char attachment[80]; /* the name under which a browser keeps it; "" to show it */
    int retry_after;
    bool too_large; /* for which it is refused */
    bool left;      /* who asked has closed the connection: nobody reads the answer */
    bool hang_up;   /* what follows on this connection cannot be trusted */
    bool streams;   /* `events_job` is followed instead of `out` */
    int64_t events_job;
    struct stream *feed_stream; /* followed instead, and owned until it is (feed_stream.c) */
    struct web *live_shop;      /* whose live message it is; NULL: not known */
    int64_t live_source;        /* and from where; 0: not known */
    char live_key[64];          /* the write key that it came with */
    struct json_parser *parser;
};

/* One shop, or the root above several: that one has no store. */
struct web {
    struct site *site;
    const struct web_options *options;
    const struct web_shop *shop;
    char prefix[48];     /* "/acme", or "" */
    struct store *store; /* under `lock` */
    pthread_mutex_t lock;
    pthread_mutex_t repeat_lock;
    struct trail *trail;  /* who did what (trail.h) */
    struct desk *desk;    /* the shop's numbers (desk.h) */
    struct web_work work; /* the shop's, with its engine awake around each (shop.c) */
    atomic_bool cancelled;
    struct planner *planner;        /* planner.h */
    struct live *live;              /* live.h */
    struct noting *noting;          /* noting.h */
    struct whose *whose;            /* whose.h */
    struct segments *segments;      /* segments.h */
    struct campaigns *campaigns;    /* campaigns.h */
    struct flowing *flowing;        /* flowing.h */
    struct feed *feed;              /* feed.h */
    struct pseudonyms *keys;        /* of links in messages */
    struct sending_thread *sending; /* sending.h */
    struct inbound *inbound;        /* inbound.h */
    struct doors *doors;            /* doors.h */
    struct edits *edits;            /* edits.h */
    struct previews *previews;      /* previews.h */
    atomic_bool live_waits;         /* messages came that the figures do not have */
    int64_t live_brought;           /* number of the last one that is in the engine; the worker's */
    bool live_flows;                /* the last drain brought many; the worker's */
    int64_t exports_swept_us;       /* exports.h; of who looks after the jobs */
    struct jobs *jobs;
    struct shop_engine engine; /* engines.h */
    char reset_token[65];      /* until it was told; "" for none */
};

/* What all shops share. */
struct site {
    const struct web_options *options;
    struct web root; /* above several shops */
    struct web *shops;
    size_t shop_count;
    struct engines engines;
    struct limits *limits;
    struct doorkeeper *door;
    struct rounds *rounds; /* rounds.h */
    struct MHD_Daemon *daemon;
    char dummy_password[128]; /* verified when there is no such person */
    char hosts[2][256];       /* that a request may name */
    bool https;
    int64_t started_us;
    atomic_llong looked_us; /* when the jobs were last looked at */
    atomic_bool draining;
    atomic_int active;
    atomic_llong answered[6]; /* by hundreds of status */
    atomic_llong answered_us;
    atomic_llong turned_away[2][DOOR_WHY_COUNT]; /* of live messages: to no shop, to one */
};

/* shop.c */
TM_MUST_CHECK enum err_code shop_open(struct site *site, const struct web_shop *shop,
                                      struct web *out, struct err *err);
void shop_close(struct web *web);
/* Messages were stored: the figures are old from now on, and are made anew in a while. */
/* Whether there is something to do beside jobs, and that: so much came live that it shall be
 * brought into the engine before figures are due; everybody is to be looked at for the segments.
 * Called by the worker alone; what fails is logged. */
bool web_waits(struct web *web);
void web_bring(struct web *web);
/* Inside of its job: who belongs to segments, of everybody. ERR_BUSY as segments_make(). */
TM_MUST_CHECK enum err_code web_make_segments(struct web *web, struct err *err);
void web_live_came(struct web *web);
/* The shop that an address is for, and what stands behind its name; the root when it names none. */
struct web *shop_find(struct site *site, const char *url, const char **out_rest);

/* Refuses with this status. Returns `code`. */
enum err_code refuse(struct request *q, int status, enum err_code code);
/* The body as JSON object; its values live as long as the request. */
TM_MUST_CHECK enum err_code request_json(struct request *q, struct json_value *out,
                                         struct err *err);
/* Text of at most size - 1 bytes under `key`, not empty; ERR_INVALID names the field. */
TM_MUST_CHECK enum err_code request_text(struct json_value body, const char *key, char *out,
                                         size_t size, struct err *err);
enum err_code field_wrong(const char *name, struct err *err);
const char *request_query(const struct request *q, const char *name); /* NULL: not given */
/* A whole number of the query between 0 and INT64_MAX; `fallback` when absent or wrong. */
int64_t request_number(const struct request *q, const char *name, int64_t fallback);
/* The number in the path; ERR_NOT_FOUND when it is none. */
TM_MUST_CHECK enum err_code request_id(struct request *q, int64_t *out, struct err *err);
/* Adds a job, whose number is the answer and the object of the request. */
TM_MUST_CHECK enum err_code request_job(struct web *web, struct request *q,
                                        const struct job_wish *wish, struct err *err);
enum err_code not_here(struct request *q, const char *what, struct err *err);

/* For all live messages (api_live.c). live_lookup() finds the shop and the source of a key. */
struct source_entry;
struct journal_record;
bool live_lookup(struct web *web, struct request *q, const char *key, struct web **out_web,
                 struct source_entry *out);
/* 429. Returns ERR_BUSY. */
enum err_code live_wait(struct request *q, int seconds, struct err *err);
/* 503 when they could not be put on stable storage. */
TM_MUST_CHECK enum err_code live_append(struct web *shop, struct request *q,
                                        struct journal_record *records, size_t n, struct err *err);
/* The secret of a body, for a source whose messages are signed (api_hooks.c); at most
 * SOURCE_SECRET_MAX bytes. */
TM_MUST_CHECK enum err_code hook_secret_of(struct json_value body, char *out, struct err *err);

/* What comes in now (feed_stream.c): the answer of a request that `streams` it, and its end when
 * there was none. */
struct MHD_Response *feed_response(struct request *q);
void feed_stream_drop(struct request *q);
/* A live message that gets no good answer is counted, and told to who watches (api_live.c). */
void live_turned_away(struct request *q);

/* Who asks (auth.c): fills user, session, key. An error refuses the request. */
TM_MUST_CHECK enum err_code auth_check(struct web *web, struct request *q, struct err *err);
TM_MUST_CHECK enum err_code auth_open(struct web *web, char out_setup[65], bool *out_setup_open,
                                      struct err *err);
void secret_new(char out_hex[65]);

web_handler do_setup, do_reset, do_login, do_logout, do_me, do_password, do_users, do_user_add,
    do_user_change, do_user_delete, do_keys, do_key_add, do_key_delete, do_audit, do_assessment,
    do_roadmap, do_report, do_assess, do_jobs, do_job, do_job_events, do_job_cancel, do_imports,
    do_import, do_import_one, do_import_undo, do_questions, do_answer, do_plan, do_plan_put,
    do_plan_change, do_plan_step, do_what_if, do_history, do_settings, do_settings_put, do_views,
    do_view, do_shops, do_second, do_second_begin, do_second_confirm, do_second_delete, do_prove,
    do_suggestions, do_decisions, do_decide, do_undecide, do_openapi, do_health, do_metrics,
    do_page, do_live, do_live_options, do_sources, do_source_add, do_source_revoke,
    do_source_refused, do_source_change, do_source_rotate, do_hook, do_source_secret,
    do_live_events, do_consent_find, do_consent_add, do_consent_health, do_suppression,
    do_suppression_add, do_suppression_check, do_person_export, do_export_file, do_export_delete,
    do_person_erase, do_erasures, do_person_waiting, do_duties, do_duty_begin, do_duty_mark,
    do_source_forget, do_files, do_segments, do_segment_add, do_segment, do_segment_put,
    do_segment_delete, do_segment_check, do_segment_count, do_segment_explain, do_segment_members,
    do_segment_ads, do_segment_ads_make, do_segment_ads_file, do_segment_words, do_segment_starters,
    do_person_segments, do_sending, do_sending_stop, do_sending_start, do_sending_arm,
    do_sending_test, do_leave_page, do_leave, do_messages, do_message, do_message_put,
    do_message_change, do_message_delete, do_message_check, do_message_preview, do_message_framed,
    do_message_starters;
web_handler do_flows, do_flow, do_flow_numbers, do_flow_check, do_flow_add, do_flow_put,
    do_flow_delete, do_flow_on, do_flow_off, do_flow_starters, do_flow_start, do_tasks,
    do_task_done, do_campaigns, do_campaign_add, do_campaign, do_campaign_put, do_campaign_delete,
    do_campaign_check, do_campaign_starters, do_campaign_preview, do_campaign_test,
    do_campaign_approve, do_campaign_launch, do_campaign_pause, do_campaign_resume,
    do_campaign_cancel, do_campaign_confirm, do_campaign_numbers, do_calendar, do_click, do_open,
    do_texts, do_text_status, do_report_of_mail;

#endif

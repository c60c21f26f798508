/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "intake/live/pulse_show.h"

#include "intake/live/door.h"
#include "intake/live/live.h"

static void show_counts(struct json_writer *w, const char *key, const struct pulse_counts *counts)
{
    json_key(w, key);
    json_begin_object(w);
    json_key_int(w, "stored", counts->stored);
    json_key_int(w, "repeated", counts->repeated);
    json_key_int(w, "refused", counts->refused);
    json_end_object(w);
}

static void show_reasons(const struct pulse *pulse, struct json_writer *w)
{
    json_key(w, "reasons");
    json_begin_array(w);
    for (size_t i = 0; i < pulse->reason_count; i++) {
        json_begin_object(w);
        json_key_stringz(w, "reason", pulse->reasons[i].name);
        json_key_stringz(w, "text", live_reason_text(pulse->reasons[i].name));
        json_key_int(w, "n", pulse->reasons[i].n);
        json_end_object(w);
    }
    json_end_array(w);
}

static void show_errors(const struct pulse_errors *errors, struct json_writer *w)
{
    json_key(w, "errors");
    json_begin_array(w);
    for (size_t i = 0; i < errors->n; i++) {
        const char *why = errors->list[i].why;

        json_begin_object(w);
        json_key_stringz(w, "error", why);
        json_key_stringz(w, "text", door_text(why));
        json_key_stringz(w, "hint", door_hint(why));
        json_key_int(w, "n", errors->list[i].n);
        json_key_int(w, "day", errors->list[i].day);
        json_key_time(w, "last_at", errors->list[i].last_us);
        json_end_object(w);
    }
    json_end_array(w);
}

void pulse_show(const struct pulse *pulse, struct json_writer *w)
{
    json_key_int(w, "accepted", pulse->tally.accepted);
    json_key_int(w, "stored", pulse->tally.stored);
    json_key_int(w, "repeated", pulse->tally.repeated);
    json_key_int(w, "refused", pulse->tally.refused);
    json_key_int(w, "in_journal", pulse_held(pulse));
    json_key_int(w, "in_engine", pulse_brought(pulse));
    json_key_int(w, "waiting", pulse->waiting);
    json_key_time(w, "last_at", pulse->tally.last_us);
    json_key_time(w, "refused_at", pulse->tally.refused_us);
    json_key_stringz(w, "state", pulse_state_names[pulse->state]);
    json_key_double(w, "usual_a_day", pulse->usual_a_day > 0 ? pulse->usual_a_day : (double)NAN);
    json_key_int(w, "quiet_hours", pulse->quiet_hours);
    json_key_double(w, "quiet_chance", pulse->quiet_chance);
    show_counts(w, "today", &pulse->today);
    show_counts(w, "day", &pulse->day);
    show_counts(w, "month", &pulse->month);
    show_reasons(pulse, w);
    show_errors(&pulse->errors, w);
}

void pulse_show_strangers(const struct pulse_strangers *strangers, struct json_writer *w)
{
    show_errors(&strangers->errors, w);
    json_key(w, "strangers");
    json_begin_array(w);
    for (size_t i = 0; i < strangers->n; i++) {
        json_begin_object(w);
        json_key_stringz(w, "key_hash", strangers->last[i].key);
        json_key_int(w, "n", strangers->last[i].n);
        json_key_time(w, "last_at", strangers->last[i].last_us);
        json_end_object(w);
    }
    json_end_array(w);
}

/* The records of the log one by one. */
/* SPDX-License-Identifier: MIT */
#include "records.h"

static struct log_place cleared; /* guarded by log_lock() */

enum log_found log_next(struct log_place *place, struct log_record *record)
{
    struct log_head head;
    enum log_found found = LOG_FOUND;
    log_lock();
    if (place->seq < log_ring.oldest.seq) {
        *place = log_ring.oldest;
        found = LOG_LOST;
    } else if (place->seq == log_ring.end.seq) {
        found = LOG_NONE;
    } else if (record) {
        log_get(place->at, &head, sizeof(head));
        log_get(place->at + sizeof(head), record->text, head.length);
        record->seq = place->seq;
        record->ns = head.ns;
        record->priority = head.priority;
        record->length = head.length;
        log_pass(place, &head);
    }
    log_unlock();
    return found;
}

struct log_place log_oldest(void)
{
    log_lock();
    struct log_place place = log_ring.oldest;
    log_unlock();
    return place;
}

struct log_place log_end(void)
{
    log_lock();
    struct log_place place = log_ring.end;
    log_unlock();
    return place;
}

struct log_place log_cleared(void)
{
    log_lock();
    struct log_place place = cleared.seq < log_ring.oldest.seq ? log_ring.oldest : cleared;
    log_unlock();
    return place;
}

void log_clear(void)
{
    log_lock();
    cleared = log_ring.end;
    log_unlock();
}

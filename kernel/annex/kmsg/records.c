/* The newest records of the log, and how to read them one by one.
 *
 * The ring has the newest records, each with a head of time, priority and length. A place in it is
 * a pair: the number of the next record, and the number of bytes ever written before it, which
 * modulo the ring's size is the position. When a new record needs room, the oldest ones are
 * dropped. A reader keeps its own place; if its next record was dropped, its number is below that
 * of the oldest, and it learns that it has lost some. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "hooks.h"
#include "records.h"

/* What is in the ring before each text. */
struct log_head {
    uint64_t ns;       /* clock_ns() when it was added */
    uint32_t priority; /* the facility times 8 plus the level, as in syslog.h */
    uint32_t length;
};

/* Guarded by log_lock(). */
static struct {
    uint8_t bytes[LOG_RING];
    struct log_place oldest, end;
} log_ring;
static struct log_place cleared; /* guarded by log_lock() */

static void ring_put(uint64_t at, const void *from, size_t n)
{
    size_t place = at % LOG_RING, first = min(n, LOG_RING - place);
    memcpy(log_ring.bytes + place, from, first);
    memcpy(log_ring.bytes, (const uint8_t *)from + first, n - first);
}

static void log_get(uint64_t at, void *to, size_t n)
{
    size_t place = at % LOG_RING, first = min(n, LOG_RING - place);
    memcpy(to, log_ring.bytes + place, first);
    memcpy((uint8_t *)to + first, log_ring.bytes, n - first);
}

static void log_pass(struct log_place *place, const struct log_head *head)
{
    place->seq++;
    place->at += sizeof(*head) + head->length;
}

/* The hook: adds a record; the oldest ones are dropped to make room. Lock: log_lock held. */
static void keep(uint64_t ns, unsigned priority, const char *text, size_t length)
{
    length = min(length, (size_t)LOG_TEXT);
    struct log_head head = {ns, priority, (uint32_t)length}, old;
    while (log_ring.end.at + sizeof(head) + length - log_ring.oldest.at > LOG_RING) {
        log_get(log_ring.oldest.at, &old, sizeof(old));
        log_pass(&log_ring.oldest, &old);
    }
    ring_put(log_ring.end.at, &head, sizeof(head));
    ring_put(log_ring.end.at + sizeof(head), text, length);
    log_pass(&log_ring.end, &head);
}

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

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.keep_log = keep;
}

ANNEX(kmsg, ANNEX_REPORTS, start);

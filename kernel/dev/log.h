/* The kernel's log as records: log.c keeps the newest; an annex may give them to programs. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "dev.h"

enum {
    LOG_RING = 65536, /* bytes of records, each with a head of 16 */
    LOG_TEXT = 992,   /* the longest text of one record, as on Linux */
};

/* A position between two records. */
struct log_place {
    uint64_t seq; /* the number of the next record */
    uint64_t at;  /* bytes of all records before it */
};

/* What is in the ring before each text. */
struct log_head {
    uint64_t ns;       /* clock_ns() when it was added */
    uint32_t priority; /* the facility times 8 plus the level, as in syslog.h */
    uint32_t length;
};

/* Guarded by log_lock(). */
extern struct log_ring {
    uint8_t bytes[LOG_RING];
    struct log_place oldest, end;
} log_ring;

/* How important a record is, as in syslog.h. */
enum { LEVEL_WARNING = 4, LEVEL_INFO = 6, LEVEL_DEBUG = 7 };

void log_lock(void);
void log_unlock(void);
/* Copies n bytes that follow a place. Lock: log_lock held, as for the next one. */
void log_get(uint64_t at, void *to, size_t n);
/* Moves a place past the record that follows it, whose head is given. */
void log_pass(struct log_place *place, const struct log_head *head);
/* Adds a record, cut at LOG_TEXT. Its level decides if it is also written to the port. */
void log_add(unsigned priority, const char *text, size_t length);

/* The log's records for programs: what kmsg.c and syslog.c share. */
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

struct log_record {
    uint64_t seq, ns;
    uint32_t priority, length;
    char text[LOG_TEXT];
};

enum log_found { LOG_NONE, LOG_FOUND, LOG_LOST };

/* Gets the record after a place. LOG_FOUND: it is in *record, and the place has moved past it; with
 * record NULL nothing moves. LOG_NONE: there is none yet. LOG_LOST: it was dropped; the place is
 * now that of the oldest record. */
enum log_found log_next(struct log_place *place, struct log_record *record);
struct log_place log_oldest(void);
struct log_place log_end(void);
struct log_place log_cleared(void); /* the end at the last log_clear */
void log_clear(void);

int kmsg_await(struct log_place place); /* waits for a record after it; 0 or -ERESTARTSYS */
void syslog_init(void);

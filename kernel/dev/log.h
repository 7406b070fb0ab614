/* The kernel's log as records: log.c keeps the newest of them, kmsg.c shows them to programs. */
#pragma once

#include "dev.h"

enum {
    LOG_RING = 65536, /* bytes of records, each with a head of 16 */
    LOG_TEXT = 992,   /* the longest text of one record, as on Linux */
};

/* Between two records. */
struct log_place {
    uint64_t seq; /* the number of the record that comes next */
    uint64_t at;  /* bytes of all records before it */
};

struct log_record {
    uint64_t seq, ns;  /* ns: clock_ns() when it was said */
    uint32_t priority; /* the facility times 8, and the level, as in syslog.h */
    uint32_t length;
    char text[LOG_TEXT];
};

/* How important a record is, as in syslog.h. */
enum { LEVEL_WARNING = 4, LEVEL_INFO = 6, LEVEL_DEBUG = 7 };

enum log_found { LOG_NONE, LOG_FOUND, LOG_LOST };

/* The record after a place. LOG_FOUND: it is in *record and the place is behind it; where record
 * is NULL nothing moves. LOG_NONE: there is none yet. LOG_LOST: newer ones took its room; the place
 * is now before the oldest that is kept. */
enum log_found log_next(struct log_place *place, struct log_record *record);
struct log_place log_oldest(void);
struct log_place log_end(void);
struct log_place log_cleared(void); /* where log_clear was called last */
void log_clear(void);
/* Adds a record, cut at LOG_TEXT; its level says whether it goes out on the port as well. */
void log_add(unsigned priority, const char *text, size_t length);

int kmsg_await(struct log_place place); /* a record after it; 0 or -ERESTARTSYS */
void syslog_init(void);

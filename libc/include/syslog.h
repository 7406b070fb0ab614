/* Messages to the system's log, which is the kernel's: dmesg shows them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdarg.h>

/* How urgent a message is. */
#define LOG_EMERG   0
#define LOG_ALERT   1
#define LOG_CRIT    2
#define LOG_ERR     3
#define LOG_WARNING 4
#define LOG_NOTICE  5
#define LOG_INFO    6
#define LOG_DEBUG   7

/* What kind of program it comes from. */
#define LOG_KERN     (0 << 3)
#define LOG_USER     (1 << 3)
#define LOG_MAIL     (2 << 3)
#define LOG_DAEMON   (3 << 3)
#define LOG_AUTH     (4 << 3)
#define LOG_SYSLOG   (5 << 3)
#define LOG_LPR      (6 << 3)
#define LOG_NEWS     (7 << 3)
#define LOG_UUCP     (8 << 3)
#define LOG_CRON     (9 << 3)
#define LOG_AUTHPRIV (10 << 3)
#define LOG_FTP      (11 << 3)
#define LOG_LOCAL0   (16 << 3)
#define LOG_LOCAL1   (17 << 3)
#define LOG_LOCAL2   (18 << 3)
#define LOG_LOCAL3   (19 << 3)
#define LOG_LOCAL4   (20 << 3)
#define LOG_LOCAL5   (21 << 3)
#define LOG_LOCAL6   (22 << 3)
#define LOG_LOCAL7   (23 << 3)

#define LOG_PRIMASK            7
#define LOG_FACMASK            0x3f8
#define LOG_PRI(priority)      ((priority)&LOG_PRIMASK)
#define LOG_FAC(priority)      (((priority)&LOG_FACMASK) >> 3)
#define LOG_MAKEPRI(kind, pri) ((kind) | (pri))

/* Sets of urgencies: one, and all down to one. */
#define LOG_MASK(pri) (1 << (pri))
#define LOG_UPTO(pri) ((1 << ((pri) + 1)) - 1)

/* Options of openlog. LOG_NOWAIT means nothing here. */
#define LOG_PID    1 /* each message tells the process */
#define LOG_CONS   2 /* to the console if it cannot be written to the log */
#define LOG_ODELAY 4 /* the log is opened for the first message, the usual */
#define LOG_NDELAY 8 /* it is opened at once */
#define LOG_NOWAIT 16
#define LOG_PERROR 32 /* to standard error, too */

/* `name` is written before each message (NULL: the name of the program); the caller keeps it.
 * `kind` is that of messages that do not tell. */
void openlog(const char *name, int options, int kind);
void closelog(void);

/* Writes a message with printf's format; a newline at its end is dropped. If the log, /dev/kmsg,
 * cannot be opened, as without rights on it, the message is lost but for LOG_CONS and LOG_PERROR.
 */
void syslog(int priority, const char *format, ...) __attribute__((format(printf, 2, 3)));
void vsyslog(int priority, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Only urgencies in the mask are written; returns the mask before. 0 changes nothing. */
int setlogmask(int mask);

#ifdef SYSLOG_NAMES
/* The names of urgencies and kinds, for programs that read them: lists, each ended by a NULL. */
typedef struct _code {
    char *c_name;
    int c_val;
} CODE;

#define INTERNAL_NOPRI 0x10      /* "none": no urgency */
#define INTERNAL_MARK  (24 << 3) /* "mark": a kind that only the log's writer uses */

static CODE prioritynames[] __attribute__((unused)) = {
    {"alert", LOG_ALERT},   {"crit", LOG_CRIT},   {"debug", LOG_DEBUG},  {"emerg", LOG_EMERG},
    {"err", LOG_ERR},       {"error", LOG_ERR},   {"info", LOG_INFO},    {"none", INTERNAL_NOPRI},
    {"notice", LOG_NOTICE}, {"panic", LOG_EMERG}, {"warn", LOG_WARNING}, {"warning", LOG_WARNING},
    {(char *)0, -1},
};

static CODE facilitynames[] __attribute__((unused)) = {
    {"auth", LOG_AUTH},      {"authpriv", LOG_AUTHPRIV},
    {"cron", LOG_CRON},      {"daemon", LOG_DAEMON},
    {"ftp", LOG_FTP},        {"kern", LOG_KERN},
    {"lpr", LOG_LPR},        {"mail", LOG_MAIL},
    {"mark", INTERNAL_MARK}, {"news", LOG_NEWS},
    {"security", LOG_AUTH},  {"syslog", LOG_SYSLOG},
    {"user", LOG_USER},      {"uucp", LOG_UUCP},
    {"local0", LOG_LOCAL0},  {"local1", LOG_LOCAL1},
    {"local2", LOG_LOCAL2},  {"local3", LOG_LOCAL3},
    {"local4", LOG_LOCAL4},  {"local5", LOG_LOCAL5},
    {"local6", LOG_LOCAL6},  {"local7", LOG_LOCAL7},
    {(char *)0, -1},
};
#endif

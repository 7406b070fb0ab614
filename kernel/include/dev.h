/* The dev room: serial ports, terminals, the kernel's log, and the small devices of /dev.
 *
 * Lock: what an interrupt fills, and a terminal as a whole, has a spinlock (RANK_DEVICE). A reader
 * or writer of many bytes holds a mutex (RANK_TTY) outside of it, so that its bytes stay together.
 * What a terminal must know of processes it asks through hooks.jobs, never with its lock held.
 *
 * Read log.c and serial.c first; then line.c, tty.c, tty_job.c and tty_ioctl.c; then the rest.
 */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vfs.h"

/* ---- Terminals ---- */

/* Sessions and process groups as a terminal sees them. Each function is about the calling process,
 * unless it says otherwise. */
struct job_ops {
    int (*session)(void); /* its session id; 0 for a kernel thread */
    int (*group)(void);   /* its process group id */
    bool (*is_session_leader)(void);
    int (*session_of_group)(int group); /* any group's session, or -ESRCH */
    bool (*blocks_or_ignores)(int signal);
    bool (*group_is_orphaned)(void);
    void (*signal_group)(int group, int signal);      /* to every member; may sleep */
    void (*signal_group_soon)(int group, int signal); /* the same, from an interrupt */
    struct tty *(*terminal)(void);          /* the session's controlling terminal, or NULL */
    void (*set_terminal)(struct tty *tty);  /* of the session; NULL releases it */
    void (*lost_terminal)(struct tty *tty); /* hang-up: all sessions that have it lose it */
};

struct tty;
/* For the end of a session leader: the foreground group gets SIGHUP and SIGCONT, open files of the
 * terminal are hung up, and the terminal is free for another session. Called without locks, as it
 * calls hooks.jobs. */
void tty_session_ended(struct tty *tty, int session);
int tty_foreground_group(const struct tty *tty);
/* What /dev/console means; NULL on a machine without terminals. Constant after dev_init. */
extern struct tty *console_tty;

/* ---- The log, on the second serial port ---- */

void log_init(void);                            /* called first of all, as it needs nothing */
void log_line(const char *line, size_t length); /* the hook of klog */
/* Adds a record; its level decides if it is also written to the port. */
void log_add(unsigned priority, const char *text, size_t length);
/* How important a record is, as in syslog.h. */
enum { LEVEL_WARNING = 4, LEVEL_INFO = 6, LEVEL_DEBUG = 7 };
/* For what keep_log has kept. */
void log_lock(void);
void log_unlock(void);
void log_emergency(void); /* for a panic: from now on the log takes no lock */
/* From now on only records below this level (1 to 8) are written to the port. The result is the
 * level before. */
unsigned log_set_level(unsigned level);
enum { LOG_ALL_LEVELS = 8 };

/* ---- SysRq: a key on the console for the kernel itself ---- */

void sysrq_ask(char letter); /* from an input interrupt, locks held */
void sysrq_answer(void);     /* at the end of such an interrupt, no locks held */

/* ---- Random numbers: getrandom, AT_RANDOM, /dev/urandom ---- */

/* Fills a buffer with random bytes; adds data to the state of the generator, which cannot make it
 * worse. Both take a spinlock for as long as n bytes take. */
void random_fill(void *buf, size_t n);
void random_stir(const void *data, size_t n);

/* ---- Bring-up and end ---- */

/* Starts the devices and makes the nodes in /dev of all that are registered by then. `console` is
 * the name of the terminal that /dev/console means; any other if there is none of that name. Logs
 * the line "dev: ready" when COM1 accepts input. A byte that comes earlier is lost, so
 * tools/vm waits for this line. */
void dev_init(struct fs_context *fs, const char *console);
/* Waits until all output of the terminal has left the serial port. Called before power-off and
 * reboot. */
void dev_finish(void);

/* The dev room: serial ports, terminals, and the small devices of /dev.
 *
 * Lock rule: what an interrupt fills, and a terminal as a whole, has a spinlock (RANK_DEVICE); who
 * reads or writes much at a time takes a mutex (RANK_TTY) before it. What a terminal must know of
 * jobs it asks through job_ops, which proc provides, and never with its lock held. */
#pragma once

#include "vfs.h"

/* ---- Terminals ---- */

/* Sessions and process groups as a terminal sees them; each function is about the calling process
 * unless it says otherwise. */
struct job_ops {
    int (*session)(void); /* its session id; 0 for a kernel thread */
    int (*group)(void);   /* its process group id */
    bool (*is_session_leader)(void);
    int (*session_of_group)(int group); /* any group's session, or -ESRCH */
    bool (*blocks_or_ignores)(int signal);
    bool (*group_is_orphaned)(void);
    void (*signal_group)(int group, int signal); /* to every member */
    struct tty *(*terminal)(void);               /* the session's controlling terminal, or NULL */
    void (*set_terminal)(struct tty *tty);       /* of the session; NULL drops it */
    void (*lost_terminal)(struct tty *tty);      /* hang-up: every session that has it loses it */
};
extern const struct job_ops *job_ops; /* set by proc_init; NULL before: nobody has a terminal */

struct tty;
/* Session leader exits: SIGHUP and SIGCONT to the foreground group, the terminal is free again, its
 * open files are hung up. Called without locks, as it comes back through job_ops. */
void tty_session_ended(struct tty *tty, int session);
uint64_t tty_device(const struct tty *tty); /* rdev, for /proc/PID/stat */
int tty_foreground_group(const struct tty *tty);
const char *tty_name(const struct tty *tty); /* in /dev */
/* What /dev/console means; NULL on a machine without terminals. Constant after dev_init. */
const struct tty *tty_of_console(void);

/* ---- The log, on the second serial port ---- */

void log_init(void);      /* sets lib's hook; first of all bring-up, as it needs nothing of x86's */
void log_emergency(void); /* panic: from now on without locks */
/* A line that goes out and is not kept for programs to read: the tracer's. */
void log_aside(const char *line, size_t length);
/* From now on only records below that level (1 to 8) go out; the level so far. */
unsigned log_set_level(unsigned level);
enum { LOG_ALL_LEVELS = 8 };

/* ---- SysRq: a key on the console for the kernel itself ---- */

extern void (*sysrq_perform)(char letter); /* NULL: no letter means
                                              anything. Called without locks */
void sysrq_ask(char letter);               /* from a port's or the keyboard's input, locks held */
void sysrq_answer(void);                   /* at the end of their interrupts, without locks */

/* ---- Random numbers: getrandom, AT_RANDOM, /dev/urandom ---- */

void random_fill(void *buf, size_t n);
void random_stir(const void *data, size_t n);

/* ---- Bring-up and end ---- */

/* Devices, and the nodes in /dev of all that are registered by then; console is the name of the
 * terminal that /dev/console means, in its absence any. Logs the line "dev: ready"
 * once COM1 and COM3 take input: a byte that came before would be lost, so tools/vm sends none
 * before that line. */
void dev_init(struct fs_context *fs, const char *console);
/* Waits until all that programs wrote has left the serial ports: before power-off and reboot. */
void dev_finish(void);

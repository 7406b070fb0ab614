/* What the files of the annex ptrace share.
 *
 * A thread that is or was traced has a struct tracee as long as it lives, and longer if its tracer
 * has still to wait for its end.
 *
 * Lock: proc_lock guards all of it. A stopped thread continues only with proc_lock held. So code
 * that holds it, and has seen that the thread is stopped and off its processor, may read and write
 * the registers. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "abi/ptrace.h"
#include "proc/private.h"

enum tracee_state {
    TRACEE_RUNS,
    TRACEE_STOPPED,
    TRACEE_LISTENS, /* stopped, and only reports SIGCONT */
    TRACEE_ENDED,
};

struct tracee {
    struct thread *thread;   /* NULL after it has ended */
    struct process *process; /* its process; referenced after it has ended */
    struct thread *tracer;   /* NULL: it is not traced */
    struct list node;        /* in tracer->tracees */
    struct list told_node;   /* in told_tracees of the tracer's process, or empty */
    enum tracee_state state;

    /* how it is traced */
    bool seized;       /* by PTRACE_SEIZE */
    bool rights;       /* the tracer was root when it began */
    uint32_t options;  /* PTRACE_O_* */
    bool calls, steps; /* it stops at its next call, or after its next instruction */
    bool flag_is_ours; /* TF in the thread's flags is set for a step, not by the program */
    int born;          /* PTRACE_EVENT_* of the clone that it is in, 0: none that counts */

    /* why it must stop on its way to user mode; thread->trap_due says if there is a reason */
    bool stop_due;   /* it takes part in the process's stop, or PTRACE_INTERRUPT */
    bool notify_due; /* a seized thread reports SIGCONT */

    /* of its stop */
    int code;          /* the signal, and the event above it, as wait tells */
    uint64_t message;  /* PTRACE_GETEVENTMSG */
    siginfo_t *info;   /* on its stack; NULL: a stop of the process */
    int signal;        /* with which it continues */
    bool takes_signal; /* it is one that it is about to take */

    /* of its end */
    int tid;
    int wait_status;
};

/* ---- Tracers and tracees: link.c ---- */

/* May the caller look into the process, as the user that it is (`real`) or that it acts for?
 * The process's exec_lock is held. */
bool ptrace_may_look(const struct process *process, bool real);
long ptrace_me(struct thread *self);
long ptrace_attach(struct thread *self, int tid, bool seizes, uint64_t options);
/* Ends the tracing of a thread. If it has stopped, it continues with tracee->signal. The record may
 * be freed afterwards. */
void tracee_unlink_locked(struct tracee *tracee);
void tracer_lets_go(struct thread *self); /* it is about to end */
bool tracer_bears(struct thread *self, struct thread *child, uint64_t flags, int exit_signal);
void tracer_change(enum trace_change change, struct process *process, struct thread *thread);
bool tracer_limits(const struct thread *self);

/* ---- Stops: stop.c ---- */

void tracee_event(struct thread *self, enum trace_event event, long value);
int tracee_signal(struct thread *self, siginfo_t *info);
/* Sets what it is to stop for in force, and has it notice. */
void tracee_trap_locked(struct tracee *tracee);
/* Lets one that has stopped go on. */
void tracee_wake_locked(struct tracee *tracee);
/* Takes the flag for single steps out of the thread's registers again, or sets it. */
void tracee_set_step_locked(struct tracee *tracee, bool steps);

/* ---- What wait tells: told.c ---- */

void tracee_tell_locked(struct tracee *tracee); /* wait has something to report to its tracer */
void tracee_untell_locked(struct tracee *tracee);
/* Sends SIGCHLD to the tracer's process and wakes threads that wait there. */
void tracer_notify_locked(const struct tracee *tracee, int code, int status);
int tracer_look(struct process *process, struct wait_for *wait);
/* Tells the tracer that the thread has ended. */
void tracee_tell_end_locked(struct tracee *tracee);
/* Frees the record of an ended thread that is not traced any more. */
void tracee_free_ended_locked(struct tracee *tracee);
struct tracee *tracee_create(struct thread *thread); /* NULL: out of memory */
void tracee_free(struct tracee *tracee);

/* ---- Requests about one that has stopped ---- */

/* The caller's tracee of that number; -ESRCH: NULL. With `stopped` only one that has stopped and is
 * at rest. proc_lock is held afterwards if it is found. */
struct tracee *tracee_hold(struct thread *self, int tid, bool stopped);

/* regs.c; the tracee is held, and `regs` is kernel memory. */
void regs_get(const struct thread *thread, struct user_regs_struct *regs);
/* Some of them, from the one at byte `at` on; 0, or -EIO at the first that cannot be. */
int regs_set(struct tracee *tracee, const unsigned long *values, size_t at, size_t n);
/* The requests; each holds the tracee itself. */
long ptrace_peek_user(struct thread *self, int tid, uint64_t at, uaddr_t to);
long ptrace_poke_user(struct thread *self, int tid, uint64_t at, uint64_t value);
long ptrace_arch_prctl(struct thread *self, int tid, uint64_t option, uint64_t addr);

/* regset.c */
long ptrace_get_set(struct thread *self, int tid, unsigned type, uaddr_t to, size_t *n);
long ptrace_set_set(struct thread *self, int tid, unsigned type, uaddr_t from, size_t *n);
long ptrace_regset(struct thread *self, int tid, unsigned type, uaddr_t iov, bool sets);

/* memory.c */
long ptrace_peek(struct thread *self, int tid, uint64_t at, uaddr_t to);
long ptrace_poke(struct thread *self, int tid, uint64_t at, uint64_t value);

/* info.c */
long ptrace_siginfo(struct thread *self, int tid, uaddr_t at, bool sets);
long ptrace_sigmask(struct thread *self, int tid, uint64_t size, uaddr_t at, bool sets);
long ptrace_call_info(struct thread *self, int tid, uint64_t size, uaddr_t to);

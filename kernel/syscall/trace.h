// Inside the syscall room: the line that the tracer composes, and the functions that print to it.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "abi/signal.h"

struct thread;
struct trace;
struct trap_frame;

/* Performs a traced call and logs a line about it, in strace's format; returns its result. */
long trace_call(struct thread *self, const struct trap_frame *frame,
                long (*perform)(struct thread *self, const struct trap_frame *frame));

/* ---- What the table says, generated into syscall_trace.h ---- */

/* A set of names ends with the value TRACE_END and the name that stands for unknown ones. */
struct trace_name {
    uint64_t value;
    const char *name;
};
#define TRACE_END UINT64_MAX

/* Prints one argument, or the result. */
typedef void trace_printer(struct trace *trace, uint64_t value);

struct trace_kind {
    trace_printer *print;
    bool after;                     /* to be printed once the call has filled it in */
    const struct trace_name *names; /* for printers that take a set */
};

struct trace_description {
    const char *name;
    const struct trace_kind *result;
    unsigned n_args;
    const struct trace_kind *args[6];
};

/* ---- The line ---- */

struct trace {
    const struct trace_description *call;
    uint64_t number;
    uint64_t args[6];
    unsigned at;                    /* the argument that is being printed */
    const struct trace_name *names; /* of its kind */
    long result;                    /* once the call is over; 0 before */
    bool skip;                      /* a printer's word: leave out this argument */
    bool omit;                      /* the same, and the rest with it */
    size_t length;
    char scratch[512]; /* for a string on its way */
    char text[3072];
};

void trace_put(struct trace *trace, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
bool trace_failed(const struct trace *trace);
/* Copies user memory for a printer. If it cannot, or the call has failed: prints the address. */
bool trace_fetch(struct trace *trace, uint64_t at, void *to, size_t n);
/* The name that a set has for this very value, or NULL. */
const char *trace_find(const struct trace_name *names, uint64_t value);
/* That name, or the value with a remark. */
void trace_name(struct trace *trace, const struct trace_name *names, uint64_t value);
/* Names joined by '|', what is left as a number; 0 prints as "0". */
void trace_bits(struct trace *trace, const struct trace_name *names, uint64_t value);
void trace_signal_set(struct trace *trace, uint64_t set);
void trace_put_siginfo(struct trace *trace, const siginfo_t *info);
void trace_file_mode(struct trace *trace, uint64_t mode);
/* Bytes of kernel memory between quotes, as C writes them. */
void trace_quote(struct trace *trace, const char *bytes, size_t n);
/* At most 32 of n bytes of user memory, or of a string there. */
void trace_user_bytes(struct trace *trace, uint64_t at, size_t n);
void trace_user_string(struct trace *trace, uint64_t at);

/* ---- Sets of names (trace_names.c, trace_names_tty.c) ---- */

typedef const struct trace_name trace_names[];

extern trace_names names_errors, names_signals;
/* of the table: */
extern trace_names names_clocks, names_whences, names_syslog_actions, names_advices, names_madvices,
    names_sighows, names_idtypes, names_limits, names_rusage_whos, names_prio_whichs, names_itimers,
    names_prctl_options, names_arch_options, names_fcntl_commands, names_reboot_magics,
    names_reboot_commands, names_open_bits, names_at_bits, names_unlink_bits, names_access_bits,
    names_rename_bits, names_mremap_bits, names_msync_bits, names_mlock_bits, names_mlockall_bits,
    names_wait_bits, names_random_bits, names_close_bits, names_timer_bits;
/* of printers: */
extern trace_names names_access_modes, names_file_types, names_prots, names_map_types,
    names_map_bits, names_statx_bits, names_clone_bits, names_futex_ops, names_sigaction_bits,
    names_stack_bits, names_poll_bits, names_fd_bits, names_child_codes, names_filesystems,
    names_mount_bits, names_lock_types;
extern trace_names names_ioctls, names_iflags, names_oflags, names_cflags, names_lflags,
    names_speeds;

/* ---- Printers ---- */

/* trace_values.c */
trace_printer trace_int, trace_uint, trace_long, trace_ulong, trace_hex, trace_hex32, trace_addr,
    trace_dirfd, trace_id, trace_mode, trace_node_mode, trace_dev, trace_signal, trace_never,
    trace_one, trace_flags, trace_open_flags, trace_open_mode, trace_access_mode, trace_statx_flags,
    trace_statx_mask, trace_prot, trace_map_flags;
/* trace_bytes.c */
trace_printer trace_path, trace_strings, trace_environment, trace_in_buf, trace_out_buf,
    trace_random_buf, trace_out_text, trace_entries, trace_in_iov, trace_out_iov;
/* trace_structs.c */
trace_printer trace_stat, trace_statx, trace_statfs, trace_timespec, trace_remaining,
    trace_times_pair, trace_timeval, trace_date, trace_seconds, trace_itimerval, trace_rusage,
    trace_rlimit, trace_tms, trace_sysinfo, trace_utsname, trace_pollfds, trace_fdset,
    trace_fd_pair, trace_off_at, trace_id_at, trace_groups_in, trace_groups_out, trace_cpumask;
/* trace_signals.c */
trace_printer trace_sigset, trace_sigmask, trace_sigaction, trace_siginfo, trace_stack,
    trace_wait_status;
/* trace_cases.c */
trace_printer trace_clone, trace_futex_op, trace_futex_timeout, trace_futex_address,
    trace_futex_value, trace_fcntl_arg, trace_fcntl_result, trace_ioctl_request, trace_ioctl_arg,
    trace_prctl_arg, trace_reboot_arg, trace_mremap_address, trace_ready, trace_ready_sets;

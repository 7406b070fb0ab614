// The tracer's printers of arguments whose meaning another decides: those of fcntl, ioctl, futex.
#include "abi/fcntl.h"
#include "abi/futex.h"
#include "abi/mman.h"
#include "abi/poll.h"
#include "abi/prctl.h"
#include "abi/reboot.h"
#include "abi/sched.h"
#include "abi/signal.h"
#include "abi/termios.h"
#include "lib.h"
#include "syscall_numbers.h"
#include "trace.h"
#include "x86.h"

/* ---- clone: strace names its arguments and leaves out those that its flags do not ask for ---- */

static void put_tid_at(struct trace *trace, const char *name, uint64_t at)
{
    int tid;
    trace_put(trace, ", %s=", name);
    if (trace_fetch(trace, at, &tid, sizeof tid))
        trace_put(trace, "[%d]", tid);
}

void trace_clone(struct trace *trace, uint64_t value)
{
    static const uint64_t need_tid = CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID;
    trace_put(trace, "child_stack=");
    trace_addr(trace, trace->args[1]);
    trace_put(trace, ", flags=");
    if (value & ~(uint64_t)CSIGNAL)
        trace_bits(trace, names_clone_bits, value & ~(uint64_t)CSIGNAL);
    if (value & CSIGNAL || !value) {
        trace_put(trace, value & ~(uint64_t)CSIGNAL ? "|" : "");
        trace_signal(trace, value & CSIGNAL);
    }
    if (value & CLONE_PARENT_SETTID)
        put_tid_at(trace, "parent_tid", trace->args[2]);
    if (value & CLONE_SETTLS)
        trace_put(trace, ", tls=0x%lx", trace->args[4]);
    if (value & need_tid) {
        trace_put(trace, ", child_tidptr=");
        trace_addr(trace, trace->args[3]);
    }
    trace->at = trace->call->n_args; // all are printed
}

/* ---- mremap ---- */

void trace_mremap_address(struct trace *trace, uint64_t value)
{
    if (trace->args[3] & MREMAP_FIXED)
        trace_addr(trace, value);
    else
        trace->omit = true;
}

/* ---- fcntl ---- */

static void put_lock(struct trace *trace, uint64_t value)
{
    struct flock lock;
    if (!trace_fetch(trace, value, &lock, sizeof lock))
        return;
    trace_put(trace, "{l_type=");
    trace_name(trace, names_lock_types, lock.l_type);
    trace_put(trace, ", l_whence=");
    trace_name(trace, names_whences, lock.l_whence);
    trace_put(trace, ", l_start=%ld, l_len=%ld}", lock.l_start, lock.l_len);
}

void trace_fcntl_arg(struct trace *trace, uint64_t value)
{
    switch ((int)trace->args[1]) {
    case F_GETFD:
    case F_GETFL:
    case F_GETOWN:
    case F_GETSIG:
    case F_GETLEASE:
    case F_GETPIPE_SZ:
    case F_GET_SEALS: trace->omit = true; break;
    case F_SETFD: trace_bits(trace, names_fd_bits, (uint32_t)value); break;
    case F_SETFL: trace_open_flags(trace, value); break;
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW: put_lock(trace, value); break;
    case F_SETLEASE: trace_name(trace, names_lock_types, (int)value); break;
    case F_DUPFD:
    case F_DUPFD_CLOEXEC:
    case F_SETOWN:
    case F_SETSIG:
    case F_SETPIPE_SZ: trace_int(trace, value); break;
    default: trace_hex(trace, value);
    }
}

void trace_fcntl_result(struct trace *trace, uint64_t value)
{
    int command = trace->args[1];
    if (command == F_GETFD && value) {
        trace_put(trace, "0x%lx (flags ", value);
        trace_bits(trace, names_fd_bits, value);
        trace_put(trace, ")");
    } else if (command == F_GETFL) {
        trace_hex(trace, value);
        trace_put(trace, " (flags ");
        trace_open_flags(trace, value);
        trace_put(trace, ")");
    } else {
        trace_int(trace, value);
    }
}

/* ---- ioctl ---- */

void trace_ioctl_request(struct trace *trace, uint64_t value)
{
    static const char *const directions[] = {
        "_IOC_NONE",
        "_IOC_WRITE",
        "_IOC_READ",
        "_IOC_READ|_IOC_WRITE",
    };
    const char *name = trace_find(names_ioctls, (uint32_t)value);
    if (name)
        trace_put(trace, "%s", name);
    else
        trace_put(trace, "_IOC(%s, %#lx, %#lx, %#lx)", directions[value >> 30 & 3],
                  value >> 8 & 0xff, value & 0xff, value >> 16 & 0x3fff);
}

/* c_oflag says how long each delay takes, even when it takes none. */
static void put_oflags(struct trace *trace, unsigned flags)
{
    static const char *const tabs[] = {"TAB0", "TAB1", "TAB2", "XTABS"};
    trace_put(trace, "NL%u|CR%u|%s|BS%u|VT%u|FF%u", (flags & NLDLY) / NLDLY, (flags & CRDLY) >> 9,
              tabs[(flags & TABDLY) >> 11], (flags & BSDLY) / BSDLY, (flags & VTDLY) / VTDLY,
              (flags & FFDLY) / FFDLY);
    flags &= ~(unsigned)(NLDLY | CRDLY | TABDLY | BSDLY | VTDLY | FFDLY);
    if (flags) {
        trace_put(trace, "|");
        trace_bits(trace, names_oflags, flags);
    }
}

static void put_cflags(struct trace *trace, unsigned flags)
{
    trace_name(trace, names_speeds, flags & CBAUD);
    trace_put(trace, "|CS%u", 5 + ((flags & CSIZE) >> 4));
    flags &= ~(unsigned)(CBAUD | CSIZE);
    if (flags) {
        trace_put(trace, "|");
        trace_bits(trace, names_cflags, flags);
    }
}

static void put_termios(struct trace *trace, uint64_t at)
{
    struct kernel_termios tty;
    if (!trace_fetch(trace, at, &tty, sizeof tty))
        return;
    trace_put(trace, "{c_iflag=");
    trace_bits(trace, names_iflags, tty.c_iflag);
    trace_put(trace, ", c_oflag=");
    put_oflags(trace, tty.c_oflag);
    trace_put(trace, ", c_cflag=");
    put_cflags(trace, tty.c_cflag);
    trace_put(trace, ", c_lflag=");
    trace_bits(trace, names_lflags, tty.c_lflag);
    trace_put(trace, ", ...}");
}

static void put_winsize(struct trace *trace, uint64_t at)
{
    struct winsize size;
    if (trace_fetch(trace, at, &size, sizeof size))
        trace_put(trace, "{ws_row=%u, ws_col=%u, ws_xpixel=%u, ws_ypixel=%u}", size.ws_row,
                  size.ws_col, size.ws_xpixel, size.ws_ypixel);
}

static const struct trace_name names_flushes[] = {
    {TCIFLUSH, "TCIFLUSH"},
    {TCOFLUSH, "TCOFLUSH"},
    {TCIOFLUSH, "TCIOFLUSH"},
    {TRACE_END, "TC???FLUSH"},
};

static const struct trace_name names_flows[] = {
    {TCOOFF, "TCOOFF"}, {TCOON, "TCOON"},     {TCIOFF, "TCIOFF"},
    {TCION, "TCION"},   {TRACE_END, "TC???"},
};

void trace_ioctl_arg(struct trace *trace, uint64_t value)
{
    int number;
    switch ((uint32_t)trace->args[1]) {
    case TCGETS:
    case TCSETS:
    case TCSETSW:
    case TCSETSF: put_termios(trace, value); break;
    case TIOCGWINSZ:
    case TIOCSWINSZ: put_winsize(trace, value); break;
    case TIOCGPGRP:
    case TIOCSPGRP:
    case TIOCGSID:
    case FIONREAD:
    case TIOCOUTQ:
    case FIONBIO:
    case FIOASYNC:
        if (trace_fetch(trace, value, &number, sizeof number))
            trace_put(trace, "[%d]", number);
        break;
    case TIOCSCTTY:
    case TCSBRK:
    case TCSBRKP: trace_int(trace, value); break;
    case TCFLSH: trace_name(trace, names_flushes, value); break;
    case TCXONC: trace_name(trace, names_flows, value); break;
    case TIOCNOTTY:
    case TIOCEXCL:
    case TIOCNXCL:
    case FIOCLEX:
    case FIONCLEX: trace->omit = true; break;
    default: trace_hex(trace, value);
    }
}

/* ---- reboot ---- */

void trace_reboot_arg(struct trace *trace, uint64_t value)
{
    if ((uint32_t)trace->args[2] == LINUX_REBOOT_CMD_RESTART2)
        trace_user_string(trace, value);
    else
        trace->omit = true;
}

/* ---- prctl ---- */

void trace_prctl_arg(struct trace *trace, uint64_t value)
{
    int option = trace->args[0];
    bool first = trace->at == 1;
    switch (option) {
    case PR_SET_NAME:
    case PR_GET_NAME:
        if (first)
            trace_user_string(trace, value);
        break;
    case PR_SET_PDEATHSIG:
        if (first)
            trace_signal(trace, value);
        break;
    case PR_SET_DUMPABLE:
    case PR_SET_KEEPCAPS:
    case PR_SET_TIMERSLACK:
    case PR_SET_CHILD_SUBREAPER:
        if (first)
            trace_ulong(trace, value);
        break;
    case PR_GET_DUMPABLE:
    case PR_GET_KEEPCAPS:
    case PR_GET_TIMERSLACK: trace->omit = true; break;
    default: trace_hex(trace, value); return;
    }
    trace->omit |= !first;
}

/* ---- futex ---- */

static int futex_command(const struct trace *trace)
{
    return (int)trace->args[1] & FUTEX_CMD_MASK;
}

void trace_futex_op(struct trace *trace, uint64_t value)
{
    trace_name(trace, names_futex_ops, (int)value & FUTEX_CMD_MASK);
    trace_put(trace, value & FUTEX_PRIVATE_FLAG ? "_PRIVATE" : "");
    trace_put(trace, value & FUTEX_CLOCK_REALTIME ? "|FUTEX_CLOCK_REALTIME" : "");
}

void trace_futex_timeout(struct trace *trace, uint64_t value)
{
    int command = futex_command(trace);
    if (command == FUTEX_WAIT || command == FUTEX_WAIT_BITSET || command == FUTEX_LOCK_PI)
        trace_timespec(trace, value);
    else if (command == FUTEX_WAKE)
        trace->omit = true;
    else if (command == FUTEX_WAKE_BITSET)
        trace->skip = true;
    else
        trace_ulong(trace, value); // REQUEUE and WAKE_OP have a number here
}

void trace_futex_address(struct trace *trace, uint64_t value)
{
    int command = futex_command(trace);
    if (command == FUTEX_WAIT || command == FUTEX_LOCK_PI)
        trace->omit = true;
    else if (command == FUTEX_WAIT_BITSET || command == FUTEX_WAKE_BITSET)
        trace->skip = true;
    else
        trace_addr(trace, value);
}

void trace_futex_value(struct trace *trace, uint64_t value)
{
    int command = futex_command(trace);
    if ((command == FUTEX_WAIT_BITSET || command == FUTEX_WAKE_BITSET) &&
        (uint32_t)value == FUTEX_BITSET_MATCH_ANY)
        trace_put(trace, "FUTEX_BITSET_MATCH_ANY");
    else if (command == FUTEX_REQUEUE)
        trace->omit = true;
    else
        trace_hex32(trace, value);
}

/* ---- What poll and select found: told behind the result ---- */

static void put_timeout(struct trace *trace)
{
    trace_put(trace, "0 (Timeout)");
}

void trace_ready(struct trace *trace, uint64_t value)
{
    struct pollfd fd;
    const char *comma = "";
    if (value == 0) {
        put_timeout(trace);
        return;
    }
    trace_put(trace, "%d ([", (int)value);
    for (uint32_t i = 0; i < (uint32_t)trace->args[1]; i++) {
        if (user_copy_in(&fd, uaddr(trace->args[0] + i * sizeof fd), sizeof fd) < 0)
            break;
        if (!fd.revents)
            continue;
        trace_put(trace, "%s{fd=%d, revents=", comma, fd.fd);
        trace_bits(trace, names_poll_bits, (uint16_t)fd.revents);
        trace_put(trace, "}");
        comma = ", ";
    }
    trace_put(trace, "]");
    if (trace->number == SYS_ppoll && trace->args[2]) {
        trace_put(trace, ", left ");
        trace_timespec(trace, trace->args[2]);
    }
    trace_put(trace, ")");
}

void trace_ready_sets(struct trace *trace, uint64_t value)
{
    static const char *const names[] = {"in", "out", "except"};
    const char *comma = "";
    if (value == 0) {
        put_timeout(trace);
        return;
    }
    trace_put(trace, "%d (", (int)value);
    for (int i = 0; i < 3; i++) {
        if (!trace->args[i + 1])
            continue;
        trace_put(trace, "%s%s ", comma, names[i]);
        trace_fdset(trace, trace->args[i + 1]);
        comma = ", ";
    }
    if (trace->args[4]) {
        trace_put(trace, "%sleft ", comma);
        if (trace->number == SYS_select)
            trace_timeval(trace, trace->args[4]);
        else
            trace_timespec(trace, trace->args[4]);
    }
    trace_put(trace, ")");
}

// The tracer's printers of structures that calls take and fill in, in strace's short form.
#include "abi/poll.h"
#include "abi/resource.h"
#include "abi/stat.h"
#include "abi/statfs.h"
#include "abi/sysinfo.h"
#include "abi/sysmacros.h"
#include "abi/time.h"
#include "abi/times.h"
#include "abi/utsname.h"
#include "lib.h"
#include "syscall_numbers.h"
#include "trace.h"
#include "x86.h"

/* ---- Files ---- */

void trace_stat(struct trace *trace, uint64_t value)
{
    struct stat st;
    if (!trace_fetch(trace, value, &st, sizeof st))
        return;
    trace_put(trace, "{st_mode=");
    trace_file_mode(trace, st.st_mode);
    if (S_ISCHR(st.st_mode) || S_ISBLK(st.st_mode))
        trace_put(trace, ", st_rdev=makedev(%#x, %#x)", MAJOR_OF(st.st_rdev), MINOR_OF(st.st_rdev));
    else
        trace_put(trace, ", st_size=%ld", st.st_size);
    trace_put(trace, ", ...}");
}

void trace_statx(struct trace *trace, uint64_t value)
{
    struct statx st;
    if (!trace_fetch(trace, value, &st, sizeof st))
        return;
    trace_put(trace, "{stx_mask=");
    trace_statx_mask(trace, st.stx_mask);
    trace_put(trace, ", stx_attributes=");
    trace_hex(trace, st.stx_attributes);
    trace_put(trace, ", stx_mode=");
    trace_file_mode(trace, st.stx_mode);
    trace_put(trace, ", stx_size=%lu, ...}", st.stx_size);
}

void trace_statfs(struct trace *trace, uint64_t value)
{
    struct statfs st;
    if (!trace_fetch(trace, value, &st, sizeof st))
        return;
    trace_put(trace, "{f_type=");
    trace_name(trace, names_filesystems, st.f_type);
    trace_put(trace, ", f_bsize=%ld, f_blocks=%lu, f_bfree=%lu, f_bavail=%lu", st.f_bsize,
              st.f_blocks, st.f_bfree, st.f_bavail);
    trace_put(trace, ", f_files=%lu, f_ffree=%lu, f_fsid={val=[%#x, %#x]}", st.f_files, st.f_ffree,
              st.f_fsid.__val[0], st.f_fsid.__val[1]);
    trace_put(trace, ", f_namelen=%ld, f_frsize=%ld, f_flags=", st.f_namelen, st.f_frsize);
    trace_bits(trace, names_mount_bits, st.f_flags);
    trace_put(trace, "}");
}

/* ---- Times ---- */

/* A day since 1970 in the calendar of today: year, month, day. */
static void date_of(int64_t days, int64_t date[3])
{
    // Years begin in March here, so that the leap day comes last; an era has 400 years.
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t day = days - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    day -= 365 * year + year / 4 - year / 100;
    int64_t month = (5 * day + 2) / 153;
    date[2] = day - (153 * month + 2) / 5 + 1;
    date[1] = month < 10 ? month + 3 : month - 9;
    date[0] = year + era * 400 + (date[1] <= 2);
}

static void put_date(struct trace *trace, int64_t seconds, long ns)
{
    int64_t date[3], days = seconds / 86400, left = seconds % 86400;
    if (left < 0) {
        left += 86400;
        days--;
    }
    date_of(days, date);
    trace_put(trace, "%ld-%02ld-%02ldT%02ld:%02ld:%02ld", date[0], date[1], date[2], left / 3600,
              left / 60 % 60, left % 60);
    if (ns)
        trace_put(trace, ".%09ld", ns);
    trace_put(trace, "+0000");
}

void trace_date(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%ld (", (long)value);
    put_date(trace, value, 0);
    trace_put(trace, ")");
}

void trace_seconds(struct trace *trace, uint64_t value)
{
    time_t seconds;
    if (!trace_fetch(trace, value, &seconds, sizeof seconds))
        return;
    trace_put(trace, "[%ld /* ", seconds);
    put_date(trace, seconds, 0);
    trace_put(trace, " */]");
}

void trace_timespec(struct trace *trace, uint64_t value)
{
    struct timespec time;
    if (trace_fetch(trace, value, &time, sizeof time))
        trace_put(trace, "{tv_sec=%ld, tv_nsec=%ld}", time.tv_sec, time.tv_nsec);
}

static void put_timeval(struct trace *trace, struct timeval time)
{
    trace_put(trace, "{tv_sec=%ld, tv_usec=%ld}", time.tv_sec, time.tv_usec);
}

void trace_timeval(struct trace *trace, uint64_t value)
{
    struct timeval time;
    if (trace_fetch(trace, value, &time, sizeof time))
        put_timeval(trace, time);
}

/* What was left of a sleep: written only where a signal ended it, which the result tells. */
void trace_remaining(struct trace *trace, uint64_t value)
{
    long result = trace->result;
    bool written = result < 0 && value;
    trace->result = 0;
    if (written)
        trace_timespec(trace, value);
    else
        trace_addr(trace, value);
    trace->result = result;
}

static void put_file_time(struct trace *trace, struct timespec time)
{
    if (time.tv_nsec == UTIME_NOW || time.tv_nsec == UTIME_OMIT) {
        trace_put(trace, time.tv_nsec == UTIME_NOW ? "UTIME_NOW" : "UTIME_OMIT");
        return;
    }
    trace_put(trace, "{tv_sec=%ld, tv_nsec=%ld} /* ", time.tv_sec, time.tv_nsec);
    put_date(trace, time.tv_sec, time.tv_nsec);
    trace_put(trace, " */");
}

void trace_times_pair(struct trace *trace, uint64_t value)
{
    struct timespec times[2];
    if (!trace_fetch(trace, value, times, sizeof times))
        return;
    trace_put(trace, "[");
    put_file_time(trace, times[0]);
    trace_put(trace, ", ");
    put_file_time(trace, times[1]);
    trace_put(trace, "]");
}

void trace_itimerval(struct trace *trace, uint64_t value)
{
    struct itimerval timer;
    if (!trace_fetch(trace, value, &timer, sizeof timer))
        return;
    trace_put(trace, "{it_interval=");
    put_timeval(trace, timer.it_interval);
    trace_put(trace, ", it_value=");
    put_timeval(trace, timer.it_value);
    trace_put(trace, "}");
}

/* ---- The process and the machine ---- */

void trace_rusage(struct trace *trace, uint64_t value)
{
    struct rusage usage;
    if (trace->number == SYS_wait4 && trace->result == 0) { // WNOHANG, and nothing to tell
        trace_addr(trace, value);
        return;
    }
    if (!trace_fetch(trace, value, &usage, sizeof usage))
        return;
    trace_put(trace, "{ru_utime=");
    put_timeval(trace, usage.ru_utime);
    trace_put(trace, ", ru_stime=");
    put_timeval(trace, usage.ru_stime);
    trace_put(trace, ", ...}");
}

static void put_limit(struct trace *trace, rlim_t limit)
{
    if (limit == RLIM_INFINITY)
        trace_put(trace, "RLIM64_INFINITY");
    else if (limit > 1024 && limit % 1024 == 0)
        trace_put(trace, "%lu*1024", limit / 1024);
    else
        trace_put(trace, "%lu", limit);
}

void trace_rlimit(struct trace *trace, uint64_t value)
{
    struct rlimit limit;
    if (!trace_fetch(trace, value, &limit, sizeof limit))
        return;
    trace_put(trace, "{rlim_cur=");
    put_limit(trace, limit.rlim_cur);
    trace_put(trace, ", rlim_max=");
    put_limit(trace, limit.rlim_max);
    trace_put(trace, "}");
}

void trace_tms(struct trace *trace, uint64_t value)
{
    struct tms times;
    if (trace_fetch(trace, value, &times, sizeof times))
        trace_put(trace, "{tms_utime=%ld, tms_stime=%ld, tms_cutime=%ld, tms_cstime=%ld}",
                  times.tms_utime, times.tms_stime, times.tms_cutime, times.tms_cstime);
}

void trace_sysinfo(struct trace *trace, uint64_t value)
{
    struct sysinfo info;
    if (!trace_fetch(trace, value, &info, sizeof info))
        return;
    trace_put(trace, "{uptime=%ld, loads=[%lu, %lu, %lu], totalram=%lu, freeram=%lu", info.uptime,
              info.loads[0], info.loads[1], info.loads[2], info.totalram, info.freeram);
    trace_put(trace, ", sharedram=%lu, bufferram=%lu, totalswap=%lu, freeswap=%lu", info.sharedram,
              info.bufferram, info.totalswap, info.freeswap);
    trace_put(trace, ", procs=%u, totalhigh=%lu, freehigh=%lu, mem_unit=%u}", info.procs,
              info.totalhigh, info.freehigh, info.mem_unit);
}

void trace_utsname(struct trace *trace, uint64_t value)
{
    struct utsname name;
    if (!trace_fetch(trace, value, &name, sizeof name))
        return;
    trace_put(trace, "{sysname=");
    trace_quote(trace, name.sysname, strnlen(name.sysname, sizeof name.sysname));
    trace_put(trace, ", nodename=");
    trace_quote(trace, name.nodename, strnlen(name.nodename, sizeof name.nodename));
    trace_put(trace, ", ...}");
}

/* ---- Waiting for descriptors ---- */

void trace_pollfds(struct trace *trace, uint64_t value)
{
    struct pollfd fd;
    uint32_t n = trace->args[trace->at + 1];
    if (!value) {
        trace_addr(trace, value);
        return;
    }
    trace_put(trace, "[");
    for (uint32_t i = 0; i < n; i++) {
        trace_put(trace, i > 0 ? ", " : "");
        if (i == 32 || user_copy_in(&fd, uaddr(value + i * sizeof fd), sizeof fd) < 0) {
            trace_put(trace, "...");
            break;
        }
        trace_put(trace, "{fd=%d", fd.fd);
        if (fd.fd >= 0) {
            trace_put(trace, ", events=");
            trace_bits(trace, names_poll_bits, (uint16_t)fd.events);
        }
        trace_put(trace, "}");
    }
    trace_put(trace, "]");
}

/* A set of select's; the number of descriptors is the call's first argument. */
void trace_fdset(struct trace *trace, uint64_t value)
{
    uint64_t words[FD_SETSIZE / 64];
    int n = min((int)trace->args[0], FD_SETSIZE);
    size_t bytes = (max(n, 0) + 63) / 64 * sizeof words[0];
    const char *blank = "";
    if (!trace_fetch(trace, value, words, bytes))
        return;
    trace_put(trace, "[");
    for (int fd = 0; fd < n; fd++) {
        if (!bitmap_test(words, fd))
            continue;
        trace_put(trace, "%s%d", blank, fd);
        blank = " ";
    }
    trace_put(trace, "]");
}

/* ---- Small ones ---- */

void trace_fd_pair(struct trace *trace, uint64_t value)
{
    int fds[2];
    if (trace_fetch(trace, value, fds, sizeof fds))
        trace_put(trace, "[%d, %d]", fds[0], fds[1]);
}

void trace_off_at(struct trace *trace, uint64_t value)
{
    off_t offset;
    if (trace_fetch(trace, value, &offset, sizeof offset))
        trace_put(trace, "[%ld]", offset);
}

void trace_id_at(struct trace *trace, uint64_t value)
{
    uid_t id;
    if (!trace_fetch(trace, value, &id, sizeof id))
        return;
    trace_put(trace, "[");
    trace_id(trace, id);
    trace_put(trace, "]");
}

static void put_groups(struct trace *trace, uint64_t value, long n)
{
    gid_t group;
    if (!value) {
        trace_addr(trace, value);
        return;
    }
    trace_put(trace, "[");
    for (long i = 0; i < n; i++) {
        trace_put(trace, i > 0 ? ", " : "");
        if (i == 32 || user_copy_in(&group, uaddr(value + i * sizeof group), sizeof group) < 0) {
            trace_put(trace, "...");
            break;
        }
        trace_id(trace, group);
    }
    trace_put(trace, "]");
}

void trace_groups_in(struct trace *trace, uint64_t value)
{
    put_groups(trace, value, (int)trace->args[0]);
}

void trace_groups_out(struct trace *trace, uint64_t value)
{
    if (trace_failed(trace))
        trace_addr(trace, value);
    else
        put_groups(trace, value, trace->args[0] ? trace->result : 0);
}

void trace_cpumask(struct trace *trace, uint64_t value)
{
    uint64_t mask;
    const char *blank = "";
    if (!trace_fetch(trace, value, &mask, sizeof mask))
        return;
    trace_put(trace, "[");
    for (int cpu = 0; cpu < 64; cpu++) {
        if (!(mask >> cpu & 1))
            continue;
        trace_put(trace, "%s%d", blank, cpu);
        blank = " ";
    }
    trace_put(trace, "]");
}

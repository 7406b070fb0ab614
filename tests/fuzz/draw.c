/* Draws random calls: which one, and its arguments by their kinds. */
/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

#include "calls.h"
#include "fuzz.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
enum { COMMON = 12, NOBODY = 99999 };

/* An argument's place while it is drawn. */
struct place {
    struct random *random;
    struct call *call;
    int at;
    bool as_root;
};

uint64_t random_next(struct random *random)
{
    uint64_t z = random->state += 0x9e3779b97f4a7c15;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
    z = (z ^ z >> 27) * 0x94d049bb133111eb;
    return z ^ z >> 31;
}

static uint64_t below(struct place *p, uint64_t n)
{
    return random_below(p->random, n);
}

static bool once_in(struct place *p, int n)
{
    return below(p, n) == 0;
}

#define PICK(p, array) ((array)[below((p), COUNT(array))])

/* ---- Numbers ---- */

static uint64_t any_number(struct place *p)
{
    static const int64_t edges[] = {
        0,     1,     2,        3,        4,        7,        8,        15,
        16,    63,    64,       255,      256,      4095,     4096,     4097,
        65535, 65536, 1 << 20,  INT_MAX,  INT_MIN,  UINT_MAX, -1,       -2,
        -100,  -4096, 1l << 32, 1l << 40, 1l << 47, LONG_MAX, LONG_MIN, LONG_MAX - 4095,
    };
    switch (below(p, 4)) {
    case 0: return below(p, 10);
    case 1: return random_next(p->random) >> below(p, 64);
    default: return PICK(p, edges);
    }
}

/* Flags: none, or small ones. */
static uint64_t few_flags(struct place *p)
{
    return once_in(p, 16) ? any_number(p) : once_in(p, 2) ? 0 : below(p, 16);
}

/* Mostly small, for a count of things of which there are few. */
static uint64_t small(struct place *p, int limit)
{
    return once_in(p, 8) ? any_number(p) : below(p, limit);
}

static uint64_t some_bits(struct place *p, const unsigned *bits, int n)
{
    uint64_t flags = 0;
    if (once_in(p, 16))
        return any_number(p);
    for (uint64_t i = below(p, 4); i > 0; i--)
        flags |= bits[below(p, n)];
    return flags;
}

static uint64_t descriptor(struct place *p)
{
    return once_in(p, 10) ? any_number(p) : below(p, 22);
}

static uint64_t directory(struct place *p)
{
    return once_in(p, 5) ? descriptor(p) : once_in(p, 3) ? 3 : (uint64_t)AT_FDCWD;
}

/* As root never what would end the fuzzer: everybody, or a small number, init's among them. */
static uint64_t pid(struct place *p)
{
    static const uint64_t names[] = {PID_SELF, PID_PEER, PID_CHILD, PID_SELF, PID_CHILD, 0};
    if (!once_in(p, 6))
        return PICK(p, names);
    uint64_t number = any_number(p);
    bool hits = (int)number < 64 && (int)number != 0;
    return p->as_root && hits ? NOBODY : number;
}

static uint64_t signal_number(struct place *p)
{
    return once_in(p, 10) ? any_number(p) : once_in(p, 3) ? SIGCHLD : below(p, 66);
}

static uint64_t user(struct place *p)
{
    static const uint64_t users[] = {0, 1000, 1001, 65534, (uint64_t)-1};
    return once_in(p, 8) ? any_number(p) : PICK(p, users);
}

/* ---- Addresses ---- */

static uint64_t hostile(struct place *p)
{
    /* clang-format off */
    static const uint64_t bad[] = {
        0,        1,        EDGE + 4095,        EDGE + 4088,        EDGE + 4080,
        READONLY, NOACCESS, FLICKER,            FLICKER + 8,        PASTEND + 4096,
        PLAY,     0x400000, 0x7ffffffff000,     0x7fffffffeff8,     0x800000000000,
        ~0ul,     ~7ul,     0xffff800000000000, 0xffffffff80000000, 0xffffffff80100000,
        EDGE + 4096, READONLY + 4095, 0x8000000000000000, ARENA + ARENA_BYTES - 3,
    };
    /* clang-format on */
    return once_in(p, 8) ? random_next(p->random) : PICK(p, bad);
}

/* The address of the argument's slot, now and then of something worse. */
static uint64_t slot(struct place *p)
{
    return once_in(p, COMMON) ? hostile(p) : ARENA + p->at * SLOT_BYTES;
}

static uint64_t filled(struct place *p, int n, const uint64_t *words)
{
    p->call->n_words[p->at] = n;
    memcpy(p->call->words[p->at], words, n * sizeof(*words));
    return slot(p);
}

static uint64_t filled_at_random(struct place *p, int n)
{
    uint64_t words[MAX_WORDS];
    for (int i = 0; i < n; i++)
        words[i] = any_number(p);
    return filled(p, n, words);
}

static uint64_t buffer(struct place *p)
{
    static const uint64_t good[] = {ARENA + BIG_AT, ARENA + BIG_AT + 1, ARENA + 4096,
                                    SHARED + 4096};
    return once_in(p, COMMON) ? hostile(p) : PICK(p, good);
}

static uint64_t size(struct place *p)
{
    return once_in(p, 6) ? any_number(p) : below(p, once_in(p, 16) ? 65536 : 300);
}

static uint64_t page_address(struct place *p)
{
    if (once_in(p, 20))
        return hostile(p);
    uint64_t page = PLAY + below(p, once_in(p, 4) ? PLAY_BYTES >> 12 : 16) * 4096;
    return once_in(p, 12) ? page + below(p, 4096) : once_in(p, 6) ? 0 : page;
}

static uint64_t page_size(struct place *p)
{
    if (once_in(p, 10))
        return any_number(p);
    return (1 + below(p, once_in(p, 8) ? 1024 : once_in(p, 2) ? 16 : 3)) * 4096;
}

static uint64_t path(struct place *p)
{
    return once_in(p, 16) ? hostile(p) : (uint64_t)paths[below(p, n_paths)];
}

static uint64_t own_program(struct place *p)
{
    static const int programs[] = {0, 1, 2};
    return once_in(p, 3) ? path(p) : (uint64_t)paths[PICK(p, programs)];
}

/* ---- Structures ---- */

static uint64_t vectors(struct place *p)
{
    uint64_t words[8];
    for (int i = 0; i < 8; i += 2) {
        words[i] = buffer(p);
        words[i + 1] = size(p);
    }
    return filled(p, 8, words);
}

/* Mostly none, or one that is over soon. */
static uint64_t short_time(struct place *p)
{
    uint64_t words[2] = {0, below(p, 1000)};
    if (once_in(p, 10))
        words[below(p, 2)] = any_number(p);
    return filled(p, 2, words);
}

static uint64_t timer_value(struct place *p)
{
    uint64_t words[4] = {0, below(p, 2000), 0, below(p, 2000)};
    if (once_in(p, 8))
        words[below(p, 4)] = any_number(p);
    return filled(p, 4, words);
}

static uint64_t action(struct place *p)
{
    static const uint64_t handlers[] = {0, 1, AT_HANDLER, AT_HANDLER, AT_HANDLER, 0x400000};
    static const unsigned flags[] = {SA_NOCLDSTOP, SA_NOCLDWAIT, SA_SIGINFO,   SA_ONSTACK,
                                     SA_RESTART,   SA_NODEFER,   SA_RESETHAND, 0x04000000};
    uint64_t words[4] = {PICK(p, handlers), some_bits(p, flags, COUNT(flags)) | 0x04000000,
                         AT_RESTORER, once_in(p, 2) ? 0 : any_number(p)};
    if (once_in(p, 8))
        words[below(p, 4)] = any_number(p);
    return filled(p, 4, words);
}

static uint64_t stack(struct place *p)
{
    uint64_t words[3] = {ARENA + BIG_AT, once_in(p, 6) ? any_number(p) : 0, 32768};
    if (once_in(p, 5))
        words[0] = hostile(p);
    return filled(p, 3, words);
}

static uint64_t polled(struct place *p)
{
    uint64_t words[8];
    for (int i = 0; i < 8; i++)
        words[i] = below(p, 40) | below(p, 64) << 32;
    return filled(p, 8, words);
}

static uint64_t strings(struct place *p)
{
    uint64_t words[5];
    for (int i = 0; i < 5; i++)
        words[i] = once_in(p, 30) ? hostile(p) : once_in(p, 4) ? 0 : ARENA + 4096 + below(p, 4000);
    words[4] = 0;
    return filled(p, 5, words);
}

static uint64_t clone_args(struct place *p)
{
    uint64_t words[11] = {0, 0, slot(p), slot(p), SIGCHLD, 0, 0, 0, 0, 0, 0};
    if (once_in(p, 2))
        words[below(p, 11)] = any_number(p);
    return filled(p, 11, words);
}

/* ---- Sets of flags ---- */

static const unsigned open_bits[] = {O_WRONLY, O_RDWR,     O_CREAT,     O_EXCL,     O_TRUNC,
                                     O_APPEND, O_NONBLOCK, O_DIRECTORY, O_NOFOLLOW, O_CLOEXEC,
                                     O_PATH,   O_NONBLOCK, O_CREAT,     020200000};
static const unsigned at_bits[] = {AT_SYMLINK_NOFOLLOW, AT_REMOVEDIR, AT_SYMLINK_FOLLOW,
                                   AT_EMPTY_PATH, 0x800};
static const unsigned prot_bits[] = {PROT_READ, PROT_WRITE, PROT_EXEC, PROT_READ | PROT_WRITE};
/* clang-format off */
static const unsigned map_bits[] = {MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_ANONYMOUS, MAP_FIXED,
                                    0x100, 0x8000, 0x4000, 0x100000};
static const unsigned clone_bits[] = {CLONE_VM, CLONE_FS, CLONE_FILES, CLONE_SIGHAND, CLONE_THREAD,
                                      CLONE_VM | CLONE_VFORK, CLONE_PARENT_SETTID,
                                      CLONE_CHILD_SETTID, CLONE_CHILD_CLEARTID, CLONE_SETTLS,
                                      CLONE_PARENT};
/* clang-format on */
static const unsigned mode_bits[] = {0777, 0666, 0700, 0, 04000, 02000, 01000, 0111};
static const unsigned node_bits[] = {0010000, 0020000, 0040000, 0060000, 0100000, 0140000};

/* ---- By kind ---- */

static uint64_t draw_number(struct place *p, enum kind kind)
{
    static const unsigned ioctls[] = {
        0x5401, 0x5402, 0x5403, 0x5404, 0x5409, 0x540a, 0x540b,     0x540c,     0x540d,
        0x540e, 0x540f, 0x5410, 0x5411, 0x5413, 0x5414, 0x541b,     0x541d,     0x5421,
        0x5422, 0x5429, 0x5425, 0x5450, 0x5451, 0x5452, 0x80045430, 0x40045431,
    };
    static const unsigned arch[] = {0x1001, 0x1002, 0x1003, 0x1004, 0x1011, 0x1012};
    switch (kind) {
    case KIND_fd: return descriptor(p);
    case KIND_dirfd: return directory(p);
    case KIND_pid: return pid(p);
    case KIND_uid:
    case KIND_gid: return user(p);
    case KIND_sig: return signal_number(p);
    case KIND_mode:
    case KIND_open_mode: return some_bits(p, mode_bits, COUNT(mode_bits));
    case KIND_node_mode: return some_bits(p, mode_bits, COUNT(mode_bits)) | PICK(p, node_bits);
    case KIND_size: return size(p);
    case KIND_off: return once_in(p, 3) ? any_number(p) : below(p, 20000);
    case KIND_int:
    case KIND_uint: return small(p, 8);
    case KIND_sighow:
    case KIND_whence:
    case KIND_idtype:
    case KIND_itimer:
    case KIND_prio_which: return small(p, 4);
    case KIND_open_flags:
    case KIND_pipe_flags: return some_bits(p, open_bits, COUNT(open_bits)) | O_NONBLOCK;
    case KIND_at_flags:
    case KIND_unlink_flags:
    case KIND_access_flags:
    case KIND_statx_flags: return once_in(p, 2) ? 0 : some_bits(p, at_bits, COUNT(at_bits));
    case KIND_rename_flags:
    case KIND_mremap_flags:
    case KIND_msync_flags:
    case KIND_mlock_flags:
    case KIND_mlockall_flags:
    case KIND_random_flags:
    case KIND_close_flags:
    case KIND_timer_flags: return few_flags(p);
    case KIND_off_inout: return 0;
    case KIND_prot: return some_bits(p, prot_bits, COUNT(prot_bits));
    case KIND_map_flags:
        return some_bits(p, map_bits, COUNT(map_bits)) | (once_in(p, 3) ? MAP_SHARED : MAP_PRIVATE);
    case KIND_clone_flags: return some_bits(p, clone_bits, COUNT(clone_bits)) | SIGCHLD;
    case KIND_wait_options: return small(p, 16) | 1;
    case KIND_prctl_option: return small(p, 60);
    case KIND_arch_option: return once_in(p, 4) ? any_number(p) : PICK(p, arch);
    case KIND_ioctl_request: return once_in(p, 8) ? any_number(p) : PICK(p, ioctls);
    case KIND_fcntl_command: return once_in(p, 3) ? 1024 + below(p, 13) : small(p, 17);
    default: return small(p, 16);
    }
}

static uint64_t draw_address(struct place *p, enum kind kind)
{
    switch (kind) {
    case KIND_addr: return page_address(p);
    case KIND_path:
    case KIND_path_or_null: return path(p);
    case KIND_strings:
    case KIND_environment: return strings(p);
    case KIND_in_buf:
    case KIND_out_buf:
    case KIND_random_buf:
    case KIND_out_text:
    case KIND_entries_buf: return buffer(p);
    case KIND_in_iov:
    case KIND_out_iov: return vectors(p);
    case KIND_timespec_in:
    case KIND_timeval_inout:
    case KIND_futex_timeout: return short_time(p);
    case KIND_times_in:
    case KIND_itimerval_in: return timer_value(p);
    case KIND_sigaction_in: return action(p);
    case KIND_stack_in: return stack(p);
    case KIND_pollfd_list: return polled(p);
    case KIND_fdset_inout: return filled(p, 1, (uint64_t[]){random_next(p->random) >> 40});
    case KIND_sigset_in: return filled(p, 1, (uint64_t[]){random_next(p->random)});
    case KIND_off_inout: return once_in(p, 2) ? 0 : filled(p, 1, (uint64_t[]){below(p, 9000)});
    case KIND_fcntl_arg: return once_in(p, 2) ? filled_at_random(p, 4) : small(p, 40);
    case KIND_ioctl_arg: return filled_at_random(p, 6);
    case KIND_futex_address: return SHARED + below(p, 4) * 4;
    case KIND_sigmask_in:
        return filled(p, 2, (uint64_t[]){ARENA + 3 * SLOT_BYTES, once_in(p, 4) ? 0 : 8});
    case KIND_siginfo_in:
    case KIND_rlimit_in:
    case KIND_groups_in: return filled_at_random(p, 3);
    default: return 0;
    }
}

static bool is_out(enum kind kind)
{
    static const unsigned char kinds[] = {
        KIND_stat_out,      KIND_statx_out,       KIND_statfs_out,    KIND_timespec_out,
        KIND_remaining_out, KIND_timeval_out,     KIND_timezone_out,  KIND_seconds_out,
        KIND_itimerval_out, KIND_sigset_out,      KIND_sigaction_out, KIND_siginfo_out,
        KIND_stack_out,     KIND_wait_status_out, KIND_rusage_out,    KIND_rlimit_out,
        KIND_tms_out,       KIND_sysinfo_out,     KIND_utsname_out,   KIND_fds_out,
        KIND_uid_out,       KIND_gid_out,         KIND_groups_out,    KIND_cpumask_out,
    };
    return memchr(kinds, kind, sizeof(kinds)) != NULL;
}

/* ---- Calls ---- */

/* How often compared with others (16); what ends or stops the stream comes seldom. */
static const struct {
    const char *name;
    int weight;
} weights[] = {
    /* clang-format off */
    {"exit", 1},     {"exit_group", 1}, {"pause", 1},     {"rt_sigsuspend", 1}, {"reboot", 0},
    {"execve", 2},   {"execveat", 2},   {"vfork", 3},     {"fork", 3},          {"clone", 4},
    {"clone3", 4},   {"chroot", 2},     {"rt_sigreturn", 1}, {"sync", 2},       {"kill", 6},
    {"tkill", 6},    {"tgkill", 6},     {"rt_sigtimedwait", 4}, {"nanosleep", 6}, {"select", 8},
    {"setrlimit", 3}, {"prlimit64", 4}, {"alarm", 3},     {"flock", 6},         {"munmap", 8},
    {"openat", 30},  {"open", 24},      {"mmap", 30},     {"rename", 24},       {"close", 12},
    {"setuid", 3},   {"setresuid", 3},  {"setreuid", 3},  {"arch_prctl", 4},    {"fallocate", 6},
    {"close_range", 3}, {"sethostname", 1}, {"rseq", 1},
    {"ptrace", 60},
    /* clang-format on */
};

static int weight_of(const char *name)
{
    for (size_t i = 0; i < COUNT(weights); i++)
        if (strcmp(weights[i].name, name) == 0)
            return weights[i].weight;
    return 16;
}

/* A row, by weight; the sums are made once. */
static int draw_row(struct random *random)
{
    static int sums[COUNT(call_rows)];
    if (!sums[COUNT(call_rows) - 1])
        for (size_t i = 0, sum = 0; i < COUNT(call_rows); i++)
            sums[i] = sum += weight_of(call_rows[i].name);
    int wanted = (int)random_below(random, sums[COUNT(call_rows) - 1]);
    int first = 0, last = COUNT(call_rows) - 1;
    while (first < last) {
        int middle = (first + last) / 2;
        if (sums[middle] <= wanted)
            first = middle + 1;
        else
            last = middle;
    }
    return first;
}

static bool is_one_of(const char *name, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(name, names[i]) == 0)
            return true;
    return false;
}

/* A number without whose right value a call does little but to refuse: mostly that.
 * True if this argument is one. */
static bool draw_needed(struct place *p, enum kind kind, const char *name, uint64_t *value)
{
    static const char *const with_mask[] = {"rt_sigaction",  "rt_sigprocmask",  "rt_sigpending",
                                            "rt_sigsuspend", "rt_sigtimedwait", "ppoll"};
    static const char *const without_flags[] = {"copy_file_range", "dup3", "memfd_create"};
    static const int listed[] = {3, 4, 13}, terminal[] = {11};
    if (once_in(p, COMMON))
        return false;
    if (kind == KIND_size && is_one_of(name, with_mask, COUNT(with_mask)))
        return *value = 8, true;
    if (kind == KIND_size && strcmp(name, "set_robust_list") == 0)
        return *value = 24, true;
    if (kind == KIND_hex && strcmp(name, "mmap") == 0)
        return *value = once_in(p, 3) ? page_size(p) : 0, true;
    if ((kind == KIND_uint || kind == KIND_pipe_flags) &&
        is_one_of(name, without_flags, COUNT(without_flags)))
        return *value = kind == KIND_uint ? 0 : below(p, 2) * O_CLOEXEC, true;
    if (kind == KIND_fd && (strcmp(name, "getdents64") == 0 || strcmp(name, "fchdir") == 0))
        return *value = PICK(p, listed), true;
    if (kind == KIND_fd && strcmp(name, "ioctl") == 0 && once_in(p, 2))
        return *value = PICK(p, terminal), true;
    return false;
}

/* ---- Tracing ---- */

enum { PTRACE_OPTIONS = 0x4200, GETREGSET = 0x4204, SETREGSET = 0x4205, SEIZE = 0x4206 };

static uint64_t trace_request(struct place *p)
{
    static const unsigned requests[] = {0,  1,  2,  3,  4,  5,  6,  7,  7, 9, 12,
                                        13, 14, 15, 16, 16, 17, 24, 24, 8, 9, 16};
    if (once_in(p, 30))
        return any_number(p);
    return once_in(p, 2) ? PTRACE_OPTIONS + below(p, 18) : PICK(p, requests);
}

/* An address or an offset of registers, or the kind of a set of them. */
static uint64_t trace_address(struct place *p)
{
    static const unsigned sets[] = {1, 1, 2, 0x202};
    uint64_t request = p->call->args[0];
    if (request == GETREGSET || request == SETREGSET)
        return PICK(p, sets);
    if (request == SEIZE)
        return once_in(p, 10) ? any_number(p) : 0;
    return once_in(p, 2) ? below(p, 120) * 8 : buffer(p);
}

/* A signal, options, a structure, or a set of registers by its vector. */
static uint64_t trace_data(struct place *p)
{
    uint64_t request = p->call->args[0];
    if (request == GETREGSET || request == SETREGSET)
        return filled(p, 2, (uint64_t[]){ARENA + BIG_AT, once_in(p, 4) ? size(p) : 4096});
    if (request == PTRACE_OPTIONS || request == SEIZE)
        return once_in(p, 10) ? any_number(p) : below(p, 256);
    return once_in(p, 2) ? slot(p) : once_in(p, 2) ? 0 : signal_number(p);
}

/* True if the call traces or copies from process to process, and this is its argument. */
static bool draw_traced(struct place *p, const char *name, uint64_t *value)
{
    if (strcmp(name, "ptrace") == 0 && p->at != 1)
        return *value = p->at == 0   ? trace_request(p)
                        : p->at == 2 ? trace_address(p)
                                     : trace_data(p),
               true;
    if (strncmp(name, "process_vm_", 11) == 0 && p->at > 0)
        return *value = p->at == 5 ? few_flags(p) : p->at % 2 ? vectors(p) : small(p, 5), true;
    return false;
}

static uint64_t draw_argument(struct place *p, enum kind kind, const char *name)
{
    uint64_t value;
    if (draw_traced(p, name, &value))
        return value;
    if (is_out(kind))
        return slot(p);
    if (draw_needed(p, kind, name, &value))
        return value;
    if (p->at == 0 && kind == KIND_addr && strcmp(name, "clone3") == 0)
        return clone_args(p);
    if (p->at == 0 && kind == KIND_addr && strcmp(name, "futex") == 0)
        return once_in(p, 10) ? hostile(p) : SHARED + below(p, 4) * 4;
    if (p->at > 0 && kind == KIND_size && p->call->args[0] >= PLAY)
        return page_size(p);
    if (p->at == 0 && kind == KIND_path && strncmp(name, "exec", 4) == 0)
        return own_program(p);
    uint64_t address = draw_address(p, kind);
    return address ? address : draw_number(p, kind);
}

static struct random start(uint64_t seed, int round, int stream, int index)
{
    struct random random = {seed * 0x2545f4914f6cdd1d + round};
    random.state = random_next(&random) + stream * 1000003ul + index;
    random_next(&random);
    return random;
}

void draw_round(uint64_t seed, int round, struct round_plan *plan)
{
    struct random random = start(seed, round, MAX_STREAMS, 0);
    plan->n_streams = 1 + (int)random_below(&random, MAX_STREAMS);
    plan->as_root = random_below(&random, 3) == 0;
    plan->threads = random_below(&random, 3) == 0;
    plan->flicker = random_below(&random, 2) == 0;
    plan->fail_nth = random_below(&random, 4) == 0 ? 8 : 0;
}

void draw_call(uint64_t seed, int round, int stream, int index, struct call *call)
{
    struct round_plan plan;
    struct random random = start(seed, round, stream, index);
    draw_round(seed, round, &plan);
    memset(call, 0, offsetof(struct call, words));
    call->row = draw_row(&random);
    const struct call_row *row = &call_rows[call->row];
    for (int i = 0; i < row->n_args; i++) {
        struct place place = {&random, call, i, plan.as_root};
        call->args[i] = draw_argument(&place, row->kinds[i], row->name);
    }
}

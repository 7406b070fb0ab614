/* /proc/PID/{stat,statm,status,limits}: what ps, top and people read about a process. */
#include "abi/fcntl.h"
#include "dev.h"
#include "nodes.h"

#define TICK_NS 10000000ul /* of /proc's clock: 100 a second */

/* What is read in one go, so that it fits together. */
struct facts {
    char name[16], state;
    int tid, ppid, group, session, tty, foreground, nice;
    uint32_t n_threads, cpu;
    struct usage usage, children, of_thread;
    uint64_t pending, shared_pending, blocked, ignored, caught;
    uint32_t n_queued;
    bool waits;
};

/* The letter for a thread, or for a process without one. */
static char state_letter(const struct process *process, const struct thread *thread)
{
    if (!thread)
        return 'Z';
    if (process->stopped && thread->state == THREAD_ASLEEP && thread->wait_kind == WAIT_KILL)
        return 'T'; /* it rests there: what runs to its stop, or is killed meanwhile, runs */
    if (thread->state == THREAD_ASLEEP)
        return thread->wait_kind == WAIT_SIGNALS ? 'S' : 'D';
    return thread->state == THREAD_DEAD ? 'X' : 'R';
}

/* The thread that the file is about: its own, or the process's first. proc_lock is held. */
static struct thread *find_thread(const struct proc_inode *of)
{
    struct thread *thread;
    list_for_each(thread, &of->process->threads, process_node)
        if (!of->thread || thread->tid == of->thread)
            return thread;
    return NULL;
}

/* Signals: which wait, which are blocked, ignored, caught. proc_lock is held. */
static void collect_signals(struct facts *facts, struct process *process, struct thread *thread)
{
    spin_lock(&process->signal_lock);
    facts->shared_pending = process->pending;
    facts->n_queued = __atomic_load_n(&process->user->n_signals, __ATOMIC_RELAXED);
    if (thread) {
        facts->pending = thread->signal_pending;
        facts->blocked = thread->signal_mask;
    }
    for (int i = 0; process->actions && i < KERNEL_NSIG; i++) {
        uint64_t handler = process->actions->action[i].handler;
        facts->ignored |= (uint64_t)(handler == KERNEL_SIG_IGN) << i;
        facts->caught |= (uint64_t)(handler > KERNEL_SIG_IGN) << i;
    }
    spin_unlock(&process->signal_lock);
}

static void collect(struct facts *facts, const struct proc_inode *of)
{
    struct process *process = of->process;
    memset(facts, 0, sizeof(*facts));
    spin_lock(&proc_lock);
    struct thread *thread = find_thread(of);
    facts->state = state_letter(process, thread);
    facts->tid = of->thread ? of->thread : process->pid;
    facts->ppid = process->parent ? process->parent->pid : 0;
    facts->group = process->group;
    facts->session = process->session;
    facts->foreground = -1;
    if (process->terminal) {
        facts->tty = (int)tty_device(process->terminal);
        facts->foreground = tty_foreground_group(process->terminal);
    }
    facts->n_threads = process->n_threads;
    facts->usage = process_usage_locked(process);
    facts->children = process->children_usage;
    facts->of_thread = thread ? thread_usage(thread) : process->ended_usage;
    collect_signals(facts, process, thread);
    facts->nice = thread ? thread->nice : process->nice;
    if (thread) {
        strlcpy(facts->name, thread->name, sizeof(facts->name));
        facts->cpu = thread->cpu;
        facts->waits = thread->state == THREAD_ASLEEP;
    }
    spin_unlock(&proc_lock);
}

/* ---- Memory ---- */

struct sizes { /* in bytes */
    uint64_t total, resident, text, data, stack, file;
};

/* Adds up the areas of a process; all 0 when it has ended. */
static void measure(struct process *process, struct sizes *sizes)
{
    struct area area;
    struct space *space = process_space(process, false);
    memset(sizes, 0, sizeof(*sizes));
    if (!space)
        return;
    for (uint64_t at = 0; space_area_after(space, at, &area); at = area.end) {
        uint64_t length = area.end - area.start;
        bool own = area.prot & PROT_WRITE && !(area.flags & AREA_SHARED);
        sizes->total += length;
        sizes->text += area.prot & PROT_EXEC ? length : 0;
        sizes->stack += area.flags & AREA_STACK ? length : 0;
        sizes->data += own && !(area.flags & AREA_STACK) ? length : 0;
        sizes->file += area.backing ? length : 0;
        if (area.backing)
            area.backing->ops->unref(area.backing);
    }
    sizes->resident = space_resident(space) * PAGE_SIZE;
    space_unref(space);
}

int proc_text_statm(struct text *text, const struct proc_inode *of)
{
    struct sizes sizes;
    measure(of->process, &sizes);
    text_add(text, "%lu %lu %lu %lu 0 %lu 0\n", sizes.total / PAGE_SIZE, sizes.resident / PAGE_SIZE,
             min(sizes.file, sizes.resident) / PAGE_SIZE, sizes.text / PAGE_SIZE,
             (sizes.data + sizes.stack) / PAGE_SIZE);
    return 0;
}

/* ---- stat: fields in Linux's order, proc(5) has their names ---- */

/* Addresses of a process's memory, for those who may know them; else zeros. */
static void add_addresses(struct text *text, struct process *process, uint64_t out[8])
{
    struct space *space = process_space(process, true);
    (void)text;
    memset(out, 0, 8 * sizeof(*out));
    if (!space)
        return;
    out[0] = space->stack_top;
    out[1] = space->brk_start;
    out[2] = space->args_start;
    out[3] = space->args_end;
    out[4] = space->env_block;
    space_unref(space);
}

int proc_text_stat(struct text *text, const struct proc_inode *of)
{
    struct process *process = of->process;
    struct facts f;
    struct sizes sizes;
    uint64_t address[8];
    collect(&f, of);
    measure(process, &sizes);
    add_addresses(text, process, address);
    text_add(text, "%d (%s) %c %d %d %d %d %d %u %lu %lu 0 0 ", f.tid, f.name, f.state, f.ppid,
             f.group, f.session, f.tty, f.foreground, process->has_execed ? 0x400000 : 0x400040,
             f.usage.n_faults, f.children.n_faults);
    text_add(text, "%lu %lu %lu %lu %d %d %u 0 %lu ", f.usage.user_ns / TICK_NS,
             f.usage.system_ns / TICK_NS, f.children.user_ns / TICK_NS,
             f.children.system_ns / TICK_NS, 20 + f.nice, f.nice, f.n_threads,
             process->start_ns / TICK_NS);
    text_add(text, "%lu %lu %lu 0 0 %lu 0 0 ", sizes.total, sizes.resident / PAGE_SIZE,
             process->limits[RLIMIT_RSS].rlim_cur, address[0]);
    text_add(text, "%lu %lu %lu %lu %d 0 0 %d %u 0 0 0 0 0 ", f.pending & INT32_MAX,
             f.blocked & INT32_MAX, f.ignored & INT32_MAX, f.caught & INT32_MAX, f.waits,
             process->exit_signal, f.cpu);
    text_add(text, "0 0 %lu %lu %lu %lu 0 %d\n", address[1], address[2], address[3], address[4],
             f.state == 'Z' ? process->exit_status : 0);
    return 0;
}

/* ---- status ---- */

static const char *state_name(char letter)
{
    switch (letter) {
    case 'R': return "running";
    case 'S': return "sleeping";
    case 'D': return "disk sleep";
    case 'T': return "stopped";
    case 'Z': return "zombie";
    default: return "dead";
    }
}

/* Umask, ids and groups; nothing of a process that has ended but who it was. */
static void add_ids(struct text *text, struct process *process)
{
    struct cred *cred = NULL;
    if (process_look_begin(process, false) == 0) {
        spin_lock(&process->fs.lock); /* fs_cred is for a process's own */
        cred = process->fs.cred;
        cred_ref(cred);
        spin_unlock(&process->fs.lock);
        process_look_end(process);
    }
    if (!cred) {
        text_add(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", process->uid, process->euid,
                 process->suid, process->euid, process->gid, process->gid, process->gid,
                 process->gid);
        return;
    }
    text_add(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t64\nGroups:\t", cred->uid,
             cred->euid, cred->suid, cred->fsuid, cred->gid, cred->egid, cred->sgid, cred->fsgid);
    for (uint32_t i = 0; i < cred->n_groups; i++)
        text_add(text, "%u ", cred->groups[i]);
    text_add(text, "\n");
    cred_unref(cred);
}

static void add_sizes(struct text *text, struct process *process)
{
    struct sizes sizes;
    measure(process, &sizes);
    if (sizes.total == 0)
        return;
    text_add(text, "VmSize:\t%8lu kB\nVmLck:\t       0 kB\n", sizes.total >> 10);
    text_add(text, "VmRSS:\t%8lu kB\nVmData:\t%8lu kB\nVmStk:\t%8lu kB\nVmExe:\t%8lu kB\n",
             sizes.resident >> 10, sizes.data >> 10, sizes.stack >> 10, sizes.text >> 10);
    text_add(text, "VmLib:\t       0 kB\nVmSwap:\t       0 kB\n");
}

/* A name on a line of its own: what would end the line is written as \n. */
static void add_name(struct text *text, const char *name)
{
    text_add(text, "Name:\t");
    for (; *name; name++) {
        if (*name == '\n' || *name == '\\')
            text_add(text, *name == '\n' ? "\\n" : "\\\\");
        else
            text_add_bytes(text, name, 1);
    }
    text_add(text, "\n");
}

int proc_text_status(struct text *text, const struct proc_inode *of)
{
    struct process *process = of->process;
    struct facts f;
    collect(&f, of);
    add_name(text, f.name);
    if (f.state != 'Z')
        text_add(text, "Umask:\t%04o\n", process->fs.umask);
    text_add(text, "State:\t%c (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t0\n",
             f.state, state_name(f.state), process->pid, f.tid, f.ppid);
    add_ids(text, process);
    text_add(text, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", process->pid, f.tid,
             f.group, f.session);
    add_sizes(text, process);
    text_add(text, "Threads:\t%u\nSigQ:\t%u/%lu\n", max(f.n_threads, 1u), f.n_queued,
             process->limits[RLIMIT_SIGPENDING].rlim_cur);
    text_add(text, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", f.pending,
             f.shared_pending, f.blocked);
    text_add(text, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", f.ignored, f.caught);
    text_add(text, "NoNewPrivs:\t%d\nSeccomp:\t0\n", process->no_new_privs);
    text_add(text, "Cpus_allowed:\t%x\nCpus_allowed_list:\t", (1u << n_cpus) - 1);
    text_add(text, n_cpus > 1 ? "0-%u\n" : "%u\n", n_cpus - 1);
    text_add(text, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
             f.of_thread.n_sleeps, f.of_thread.n_preempted);
    return 0;
}

/* ---- limits ---- */

static const struct {
    const char *name, *unit;
} limits[RLIM_NLIMITS] = {
    [RLIMIT_CPU] = {"Max cpu time", "seconds"},
    [RLIMIT_FSIZE] = {"Max file size", "bytes"},
    [RLIMIT_DATA] = {"Max data size", "bytes"},
    [RLIMIT_STACK] = {"Max stack size", "bytes"},
    [RLIMIT_CORE] = {"Max core file size", "bytes"},
    [RLIMIT_RSS] = {"Max resident set", "bytes"},
    [RLIMIT_NPROC] = {"Max processes", "processes"},
    [RLIMIT_NOFILE] = {"Max open files", "files"},
    [RLIMIT_MEMLOCK] = {"Max locked memory", "bytes"},
    [RLIMIT_AS] = {"Max address space", "bytes"},
    [RLIMIT_LOCKS] = {"Max file locks", "locks"},
    [RLIMIT_SIGPENDING] = {"Max pending signals", "signals"},
    [RLIMIT_MSGQUEUE] = {"Max msgqueue size", "bytes"},
    [RLIMIT_NICE] = {"Max nice priority", ""},
    [RLIMIT_RTPRIO] = {"Max realtime priority", ""},
    [RLIMIT_RTTIME] = {"Max realtime timeout", "us"},
};

static void add_limit(struct text *text, rlim_t limit)
{
    if (limit == RLIM_INFINITY)
        text_add(text, "%-20s ", "unlimited");
    else
        text_add(text, "%-20lu ", limit);
}

int proc_text_limits(struct text *text, const struct proc_inode *of)
{
    struct rlimit all[RLIM_NLIMITS];
    spin_lock(&of->process->signal_lock);
    memcpy(all, of->process->limits, sizeof(all));
    spin_unlock(&of->process->signal_lock);
    text_add(text, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units");
    for (int i = 0; i < RLIM_NLIMITS; i++) {
        text_add(text, "%-25s ", limits[i].name);
        add_limit(text, all[i].rlim_cur);
        add_limit(text, all[i].rlim_max);
        text_add(text, "%-10s\n", limits[i].unit);
    }
    return 0;
}

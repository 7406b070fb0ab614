/* /proc/PID/{stat,status}: what ps and top show of a process.
 *
 * The numbers are collected first (struct facts), because most must be read with proc_lock held,
 * while the text is made without it: it may have to allocate memory. Fields that Linux has and this
 * kernel does not count are 0. */
/* SPDX-License-Identifier: MIT */
#include "abi/fcntl.h"
#include "dev/tty.h"
#include "nodes.h"

#define TICK_NS         10000000ul /* of /proc's clock: 100 a second */
#define GROUPS_A_BREATH 256        /* groups listed before others may run */

/* What is read under one lock, so that it is consistent. */
struct facts {
    char name[16], state;
    int tid, tracer, ppid, group, session, tty, foreground, nice;
    uint32_t n_threads, cpu;
    struct usage usage, children, of_thread;
    uint64_t pending, shared_pending, blocked, ignored, caught;
    uint32_t n_queued;
    bool waits;
};

/* The letter for a thread, or for a process without one. A process whose last thread has left it is
 * no zombie before its children have another parent: until then it runs. */
static char state_letter(const struct process *process, const struct thread *thread)
{
    if (!thread)
        return process->n_threads == 0 && process->state == PROCESS_ALIVE ? 'R' : 'Z';
    if (thread->trapped && thread->state == THREAD_ASLEEP)
        return 't';
    if (process->stopped && thread->state == THREAD_ASLEEP && thread->wait_kind == WAIT_KILL)
        return 'T'; /* it sleeps because of the stop; others are still on their way */
    if (thread->state == THREAD_ASLEEP)
        return thread->wait_kind == WAIT_SIGNALS ? 'S' : 'D';
    return thread->state == THREAD_DEAD ? 'X' : 'R';
}

/* Collects the sets of signals: pending, blocked, ignored, caught. Lock: proc_lock held. */
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
    struct thread *thread = thread_of_locked(of);
    facts->state = state_letter(process, thread);
    facts->tid = of->thread ? of->thread : process->pid;
    facts->ppid = process->parent ? process->parent->pid : 0;
    facts->group = process->group;
    facts->session = process->session;
    facts->foreground = -1;
    if (process->terminal) {
        facts->tty = (int)process->terminal->rdev;
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
        facts->tracer = thread->tracer_tid;
        facts->waits = thread->state == THREAD_ASLEEP;
    }
    spin_unlock(&proc_lock);
}

/* ---- stat: the fields are explained in proc(5) ---- */

/* Addresses in a process's memory if the caller may know them; otherwise zeros. */
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
    struct process_sizes sizes;
    uint64_t address[8];
    collect(&f, of);
    process_measure(process, &sizes);
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
    case 't': return "tracing stop";
    case 'Z': return "zombie";
    default: return "dead";
    }
}

/* Adds ids, size of the descriptor table, and groups. For a zombie only the ids are left. */
static void add_ids(struct text *text, const struct proc_inode *of)
{
    struct process *process = of->process;
    struct cred *cred = NULL;
    uint32_t slots = 0;
    if (process_look_begin(process, false) == 0) {
        spin_lock(&process->fs.lock); /* fs_cred is only for the current thread */
        cred = process->fs.cred;
        cred_ref(cred);
        spin_unlock(&process->fs.lock);
        struct thread *thread = thread_looked_at(of);
        slots = thread ? fd_slots(&thread->fs) : 0;
        process_look_end(process);
    }
    if (!cred) {
        text_add(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\n", process->uid, process->euid,
                 process->suid, process->euid, process->gid, process->gid, process->gid,
                 process->gid);
        return;
    }
    text_add(text, "Uid:\t%u\t%u\t%u\t%u\nGid:\t%u\t%u\t%u\t%u\nFDSize:\t%u\nGroups:\t", cred->uid,
             cred->euid, cred->suid, cred->fsuid, cred->gid, cred->egid, cred->sgid, cred->fsgid,
             slots);
    for (uint32_t i = 0; i < cred->n_groups; i++) {
        text_add(text, "%u ", cred->groups[i]);
        if (i % GROUPS_A_BREATH == GROUPS_A_BREATH - 1)
            (void)cond_resched();
    }
    text_add(text, "\n");
    cred_unref(cred);
}

static void add_size(struct text *text, const char *name, uint64_t bytes)
{
    text_add(text, "%s:\t%8lu kB\n", name, bytes >> 10);
}

static void add_sizes(struct text *text, struct process *process)
{
    struct process_sizes sizes;
    process_measure(process, &sizes);
    if (sizes.total == 0)
        return;
    uint64_t file = sizes.resident - sizes.anonymous - sizes.shared_memory;
    add_size(text, "VmPeak", sizes.most);
    add_size(text, "VmSize", sizes.total);
    add_size(text, "VmLck", sizes.locked);
    add_size(text, "VmPin", 0);
    add_size(text, "VmHWM", sizes.most_resident);
    add_size(text, "VmRSS", sizes.resident);
    add_size(text, "RssAnon", sizes.anonymous);
    add_size(text, "RssFile", file);
    add_size(text, "RssShmem", sizes.shared_memory);
    add_size(text, "VmData", sizes.data);
    add_size(text, "VmStk", sizes.stack);
    add_size(text, "VmExe", sizes.program);
    add_size(text, "VmLib", sizes.libraries);
    add_size(text, "VmPTE", sizes.tables);
    add_size(text, "VmSwap", 0);
    text_add(text, "CoreDumping:\t%d\nTHP_enabled:\t0\n", process->dumping);
}

/* Adds the name; a newline in it is written as \n. */
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

/* Adds sets of capabilities: root has all, other users have none. */
static void add_capabilities(struct text *text, const struct process *process)
{
    uint64_t all = (2ull << CAP_LAST_CAP) - 1;
    bool root = process->euid == 0, may_be_root = root || process->uid == 0 || process->suid == 0;
    text_add(text, "CapInh:\t%016lx\nCapPrm:\t%016lx\nCapEff:\t%016lx\n", 0ul,
             may_be_root ? all : 0ul, root ? all : 0ul);
    text_add(text, "CapBnd:\t%016lx\nCapAmb:\t%016lx\n", all, 0ul);
}

/* Adds the processors and the nodes of memory that may be used: all of them. */
static void add_places(struct text *text)
{
    uint32_t all = (1u << n_cpus) - 1;
    text_add(text, "Cpus_allowed:\t");
    text_add_mask(text, all);
    text_add(text, "\nCpus_allowed_list:\t");
    text_add_list(text, all);
    text_add(text, "\nMems_allowed:\t1\nMems_allowed_list:\t0\n");
}

/* Adds the umask, unless the thread has ended. */
static void add_umask(struct text *text, const struct proc_inode *of)
{
    if (process_look_begin(of->process, false) < 0)
        return;
    struct thread *thread = thread_looked_at(of);
    int umask = thread ? fs_look_umask(&thread->fs) : -1;
    process_look_end(of->process);
    if (umask >= 0)
        text_add(text, "Umask:\t%04o\n", (unsigned)umask);
}

int proc_text_status(struct text *text, const struct proc_inode *of)
{
    struct process *process = of->process;
    struct facts f;
    collect(&f, of);
    add_name(text, f.name);
    add_umask(text, of);
    text_add(text, "State:\t%c (%s)\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n",
             f.state, state_name(f.state), process->pid, f.tid, f.ppid, f.tracer);
    add_ids(text, of);
    text_add(text, "NStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\n", process->pid, f.tid,
             f.group, f.session);
    add_sizes(text, process);
    text_add(text, "Threads:\t%u\nSigQ:\t%u/%lu\n", max(f.n_threads, 1u), f.n_queued,
             process->limits[RLIMIT_SIGPENDING].rlim_cur);
    text_add(text, "SigPnd:\t%016lx\nShdPnd:\t%016lx\nSigBlk:\t%016lx\n", f.pending,
             f.shared_pending, f.blocked);
    text_add(text, "SigIgn:\t%016lx\nSigCgt:\t%016lx\n", f.ignored, f.caught);
    add_capabilities(text, process);
    text_add(text, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n", process->no_new_privs);
    add_places(text);
    text_add(text, "voluntary_ctxt_switches:\t%lu\nnonvoluntary_ctxt_switches:\t%lu\n",
             f.of_thread.n_sleeps, f.of_thread.n_preempted);
    return 0;
}

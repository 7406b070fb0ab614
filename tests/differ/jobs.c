/* Programs of process operations: four processes wait for orders, P with the children A and B, and
 * A's child C; a driver gives one order at a time and lets all come to rest before it looks at
 * them. */
/* SPDX-License-Identifier: MIT */
#include "differ.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { P, A, B, C, D, MAX_ACTORS = 10, SELF = -1, GROUP = 100, NOBODY = -2, OWN = -3 };
enum { ALL = NOBODY, MAX_JOBS = 200, RANDOM_BLOCK = 50, RANDOM_BLOCKS = 100000 };

/* clang-format off */
enum action { KILL, SETPGID, SETSID, GETPGID, GETSID, EXIT, WAIT, WAITID, HANDLE, MASK, PENDING,
              FORK, DEATH_SIGNAL, SUBREAPER, BECOME };
/* clang-format on */

/* An order to an actor. `whom` is an actor, SELF, GROUP + actor, OWN (group), or ALL. */
struct job {
    int actor;
    enum action action;
    int whom, a, b;
};

/* What actors and driver share. */
struct actor {
    volatile int pid;
    volatile unsigned done; /* orders carried out */
    volatile long result;
    volatile long status, from, code; /* what a wait gave */
    volatile int caught;              /* signals handled since the last look, as bits */
};

static struct job list[MAX_JOBS];
static int n_list, n_level[4];
static struct actor *actors;
static volatile int *n_actors;
static int pipes[MAX_ACTORS][2];
static int driver, me;
static bool as_users;

/* clang-format off */
static const char *const action_names[] = {
    "kill", "setpgid", "setsid", "getpgid", "getsid", "_exit", "wait4", "waitid", "signal",
    "sigprocmask", "sigpending", "fork", "PR_SET_PDEATHSIG", "PR_SET_CHILD_SUBREAPER",
    "become",
};
/* clang-format on */

/* ---- The orders ---- */

static void add(int actor, enum action action, int whom, int a, int b)
{
    list[n_list++] = (struct job){actor, action, whom, a, b};
}

/* Those of which all programs of three operations are made. */
static void list_main(void)
{
    add(P, KILL, A, SIGTERM, 0);
    add(P, KILL, A, SIGSTOP, 0);
    add(P, KILL, A, SIGCONT, 0);
    add(P, KILL, GROUP + A, SIGSTOP, 0);
    add(P, KILL, GROUP + A, SIGCONT, 0);
    add(P, KILL, GROUP + A, SIGKILL, 0);
    add(P, KILL, A, SIGTSTP, 0);
    add(A, KILL, SELF, SIGSTOP, 0);
    add(A, KILL, C, SIGSTOP, 0);
    add(A, KILL, OWN, SIGTSTP, 0);
    add(A, KILL, P, SIGKILL, 0);
    add(P, SETPGID, A, A, 0);
    add(P, SETPGID, B, A, 0);
    add(P, SETPGID, C, C, 0);
    add(A, SETPGID, SELF, SELF, 0);
    add(A, SETPGID, C, C, 0);
    add(A, SETPGID, C, A, 0);
    add(C, SETPGID, SELF, A, 0);
    add(A, SETSID, 0, 0, 0);
    add(C, SETSID, 0, 0, 0);
    add(A, EXIT, 0, 3, 0);
    add(B, EXIT, 0, 0, 0);
    add(C, EXIT, 0, 4, 0);
    add(P, EXIT, 0, 5, 0);
    add(P, WAIT, ALL, WNOHANG, 0);
    add(P, WAIT, ALL, WNOHANG | WUNTRACED | WCONTINUED, 0);
    add(P, WAIT, A, 0, 0);
    add(P, WAIT, ALL, WUNTRACED, 0);
    add(P, WAIT, GROUP + A, WNOHANG, 0);
    add(P, WAITID, A, WSTOPPED | WEXITED | WNOHANG | WNOWAIT, 0);
    add(P, WAITID, ALL, WCONTINUED | WNOHANG, 0);
    add(A, WAIT, ALL, WNOHANG | WUNTRACED, 0);
    add(P, HANDLE, 0, SIGCHLD, 2);
    add(P, HANDLE, 0, SIGCHLD, 1);
}

static void list_more(void)
{
    /* None that makes Linux write a core first, which takes its time. */
    static const int signals[] = {0, SIGUSR1, SIGHUP, SIGALRM, SIGCHLD, SIGTTIN, SIGKILL};
    for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
        add(P, KILL, A, signals[i], 0);
        add(C, KILL, P, signals[i], 0);
    }
    /* None that ends P and its children at once: which is first is chance. */
    add(A, KILL, OWN, 0, 0);
    add(A, KILL, OWN, SIGCHLD, 0);
    add(A, KILL, OWN, SIGTTIN, 0);
    add(P, KILL, B, SIGSTOP, 0);
    add(P, KILL, C, SIGTERM, 0);
    add(A, KILL, P, SIGSTOP, 0);
    add(A, KILL, B, SIGCONT, 0);
    add(B, KILL, A, SIGTERM, 0);
    add(B, KILL, P, SIGCONT, 0);
    add(C, KILL, GROUP + P, SIGSTOP, 0);
    add(C, KILL, GROUP + A, SIGTERM, 0);
    add(P, KILL, A, 65, 0);
    add(P, KILL, A, -1, 0);
    add(P, SETPGID, SELF, SELF, 0);
    add(P, SETPGID, A, P, 0);
    add(P, SETPGID, A, B, 0);
    add(P, SETPGID, A, C, 0);
    add(A, SETPGID, B, B, 0);
    add(A, SETPGID, P, P, 0);
    add(A, SETPGID, SELF, B, 0);
    add(B, SETPGID, SELF, A, 0);
    add(B, SETPGID, SELF, SELF, 0);
    add(P, SETSID, 0, 0, 0);
    add(B, SETSID, 0, 0, 0);
    add(A, GETPGID, C, 0, 0);
    add(A, GETSID, C, 0, 0);
    add(B, GETSID, A, 0, 0);
    add(P, WAIT, ALL, 0, 0);
    add(P, WAIT, OWN, WNOHANG, 0);
    add(P, WAIT, C, WNOHANG, 0);
    add(P, WAIT, ALL, 64, 0);
    add(P, WAITID, ALL, WNOHANG, 0);
    add(P, WAITID, ALL, WEXITED | WNOHANG, 0);
    add(P, WAITID, ALL, WEXITED | WNOWAIT, 0);
    add(P, WAITID, GROUP + A, WEXITED | WSTOPPED | WNOHANG, 0);
    add(P, WAITID, A, WSTOPPED, 0);
    add(A, WAIT, ALL, 0, 0);
    add(A, WAITID, C, WCONTINUED | WNOHANG, 0);
    add(A, HANDLE, 0, SIGTERM, 1);
    add(A, HANDLE, 0, SIGTERM, 2);
    add(A, HANDLE, 0, SIGTSTP, 1);
    add(A, HANDLE, 0, SIGTSTP, 2);
    add(A, HANDLE, 0, SIGCONT, 2);
    add(A, HANDLE, 0, SIGKILL, 1);
    add(P, HANDLE, 0, SIGCHLD, 3);
    add(P, HANDLE, 0, SIGCHLD, 4);
    add(A, MASK, SIG_BLOCK, SIGTERM, SIGCONT);
    add(A, MASK, SIG_BLOCK, SIGTSTP, SIGSTOP);
    add(A, MASK, SIG_UNBLOCK, SIGTERM, SIGTSTP);
    add(A, PENDING, 0, 0, 0);
    add(A, FORK, 0, 0, 0);
    add(P, FORK, 0, 0, 0);
    add(C, FORK, 0, 0, 0);
    add(D, EXIT, 0, 9, 0);
    add(D, SETSID, 0, 0, 0);
    add(A, DEATH_SIGNAL, 0, SIGTERM, 0);
    add(C, DEATH_SIGNAL, 0, SIGUSR1, 0);
    add(P, SUBREAPER, 0, 1, 0);
    add(A, SUBREAPER, 0, 1, 0);
}

/* What only the making of the world orders. */
static void list_private(void)
{
    for (int i = P; i <= C; i++)
        add(i, BECOME, 0, i == B ? 1002 : 1001, 0);
}

/* ---- The actors ---- */

static int pid_of(int whom)
{
    int pid = whom >= GROUP ? actors[whom - GROUP].pid : whom >= 0 ? actors[whom].pid : 0;
    return pid == 0 && whom >= 0 ? 0x3ffffff
                                 : pid; /* an actor that is not there yet has no process */
}

static int label(int pid)
{
    for (int i = 0; i < *n_actors; i++)
        if (pid == actors[i].pid)
            return i;
    return pid == 0 ? 20 : pid == driver ? 21 : 22;
}

static void on_signal(int sig)
{
    actors[me].caught |= 1 << sig;
}

/* How a signal is handled: 1 ignored, 2 caught, 3 and 4 caught with a flag. */
static long handle(int sig, int how)
{
    struct sigaction act = {.sa_handler = how == 1 ? SIG_IGN : on_signal};
    act.sa_flags = how == 3 ? SA_NOCLDSTOP : how == 4 ? SA_NOCLDWAIT : 0;
    return sigaction(sig, &act, NULL) ? -errno : 0;
}

static long mask(int how, int one, int other)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, one);
    sigaddset(&set, other);
    return sigprocmask(how, &set, NULL) ? -errno : 0;
}

static long pending(void)
{
    sigset_t set;
    long bits = 0;
    sigpending(&set);
    for (int sig = 1; sig < 32; sig++)
        bits |= (long)(sigismember(&set, sig) > 0) << sig;
    return bits;
}

static long wait_by_pid(const struct job *job)
{
    int status = 0;
    int pid = job->whom == ALL ? -1 : job->whom >= GROUP ? -pid_of(job->whom) : pid_of(job->whom);
    if (job->whom == OWN)
        pid = 0;
    long got = CALL(wait4, pid, &status, job->a, 0);
    actors[me].status = status;
    return got > 0 ? label((int)got) : got < 0 ? got : 30;
}

static long wait_by_id(const struct job *job)
{
    siginfo_t info;
    memset(&info, 0, sizeof(info));
    int which = job->whom == ALL ? P_ALL : job->whom >= GROUP ? P_PGID : P_PID;
    long got = CALL(waitid, which, job->whom == ALL ? 0 : pid_of(job->whom), &info, job->a, 0);
    actors[me].status = info.si_status;
    actors[me].code = info.si_code * 100 + info.si_signo;
    actors[me].from = label(info.si_pid);
    return got;
}

static void obey(void);

static long fork_actor(void)
{
    int place = *n_actors;
    if (place == MAX_ACTORS)
        return -EAGAIN;
    int pid = fork();
    if (pid == 0) {
        me = place;
        obey();
    }
    actors[place].pid = pid;
    *n_actors = place + 1;
    return place;
}

static long act(const struct job *job)
{
    int group = job->whom >= GROUP ? -pid_of(job->whom) : pid_of(job->whom);
    int of = job->whom == SELF ? 0 : pid_of(job->whom);
    switch (job->action) {
    case KILL: return CALL(kill, job->whom == SELF ? getpid() : group, job->a);
    case SETPGID: return CALL(setpgid, of, job->a == SELF ? 0 : pid_of(job->a));
    case SETSID: return setsid() < 0 ? -EPERM : 0;
    case GETPGID:
    case GETSID: {
        long got = job->action == GETSID ? CALL(getsid, of) : CALL(getpgid, of);
        return got < 0 ? got : label((int)got);
    }
    case EXIT: _exit(job->a);
    case WAIT: return wait_by_pid(job);
    case WAITID: return wait_by_id(job);
    case HANDLE: return handle(job->a, job->b);
    case MASK: return mask(job->whom, job->a, job->b);
    case PENDING: return pending();
    case FORK: return fork_actor();
    case BECOME: return setresuid((uid_t)job->a, (uid_t)job->a, (uid_t)job->a);
    case DEATH_SIGNAL: return prctl(PR_SET_PDEATHSIG, job->a, 0, 0, 0);
    default: return prctl(PR_SET_CHILD_SUBREAPER, job->a, 0, 0, 0);
    }
}

/* An actor's life. */
static void obey(void)
{
    uint16_t order;
    for (;;)
        if (read(pipes[me][0], &order, sizeof(order)) == sizeof(order)) {
            long result = act(&list[order]);
            actors[me].result = result;
            actors[me].done++;
        }
}

/* ---- The driver ---- */

/* What the actor's file in /proc says, as a string of size bytes at most; empty if it is gone. */
static void read_of(int i, const char *name, char *text, size_t size)
{
    char path[32];
    snprintf(path, sizeof(path), "/proc/%d/%s", actors[i].pid, name);
    int fd = open(path, O_RDONLY);
    ssize_t n = fd < 0 ? -1 : read(fd, text, size - 1);
    if (fd >= 0)
        close(fd);
    text[n > 0 ? n : 0] = '\0';
}

/* The state of an actor, and whom it belongs to; '-' when there is none. */
static char look(int i, int *parent, int *group, int *session)
{
    char text[256];
    *parent = *group = *session = 0;
    read_of(i, "stat", text, sizeof(text));
    char *at = strrchr(text, ')'), state;
    if (!at || sscanf(at, ") %c %d %d %d", &state, parent, group, session) != 4)
        return '-';
    return state;
}

/* How often an actor has left a processor: it has not run between two looks at the same number. */
static long switches(int i)
{
    char text[4096];
    long waited = 0, preempted = 0;
    read_of(i, "status", text, sizeof(text));
    const char *at = strstr(text, "voluntary_ctxt_switches:");
    if (at)
        sscanf(at, "voluntary_ctxt_switches: %ld nonvoluntary_ctxt_switches: %ld", &waited,
               &preempted);
    return waited + preempted;
}

/* Linux says that an actor sleeps from the moment when it is about to; on a busy machine another
 * one may run before it does. /proc/PID/syscall says "running" until it has left the processor. */
static bool is_leaving(int i)
{
    char text[256];
    read_of(i, "syscall", text, sizeof(text));
    return strncmp(text, "running", 7) == 0;
}

/* Adds up the switches of all actors; -1 if one of them does not rest. */
static long resting(void)
{
    int parent, group, session;
    long sum = 0;
    for (int i = 0; i < *n_actors; i++) {
        if (!strchr("STZ-", look(i, &parent, &group, &session)) || is_leaving(i))
            return -1;
        sum += switches(i);
    }
    return sum;
}

/* Waits until all rest at once. One may wake another after that one was looked at, so a second
 * look must find that none has run since. */
static void settle(void)
{
    long before, now = -1;
    do {
        before = now;
        now = resting();
        if (now < 0 || now != before)
            sched_yield();
    } while (now < 0 || now != before);
}

static void tell_actors(void)
{
    for (int i = 0; i < *n_actors; i++) {
        struct actor *a = &actors[i];
        int parent, group, session;
        char state = look(i, &parent, &group, &session);
        show("    %c: %c parent %c group %c session %c;", 'P' + (i ? 'A' - 'P' + i - 1 : 0), state,
             "PABCDEFGHI??????????0W?"[label(parent)], "PABCDEFGHI??????????0W?"[label(group)],
             "PABCDEFGHI??????????0W?"[label(session)]);
        tell("state", state);
        tell("parent", label(parent));
        tell("group", label(group));
        tell("session", label(session));
        tell("done", a->done);
        tell("result", a->result);
        tell("status", a->status);
        tell("from", a->from);
        tell("code", a->code);
        tell("caught", a->caught);
        show("\n");
        a->caught = 0;
    }
}

static void order(uint16_t n)
{
    const struct job *job = &list[n];
    show("  %c: %s(whom %d, %#x, %d)\n", "PABCDEFGHI"[job->actor], action_names[job->action],
         job -> whom, job -> a, job -> b);
    if (job->actor < *n_actors && write(pipes[job->actor][1], &n, sizeof(n)) != sizeof(n))
        tell("no order", 1);
    settle();
    tell_actors();
}

static uint16_t find_order(int actor, enum action action)
{
    for (int i = 0; i < n_list; i++)
        if (list[i].actor == actor && list[i].action == action)
            return (uint16_t)i;
    abort();
}

static void order_quietly(int actor, enum action action)
{
    uint16_t n = find_order(actor, action);
    if (write(pipes[actor][1], &n, sizeof(n)) != sizeof(n))
        abort();
    settle();
}

/* P leads a session; it makes A and B, and A makes C. As users, B is another one than the rest. */
static void make_world(void)
{
    memset(actors, 0, sizeof(*actors) * MAX_ACTORS);
    *n_actors = 0;
    fork_actor();
    settle();
    order_quietly(P, SETSID);
    order_quietly(P, FORK);
    order_quietly(P, FORK);
    order_quietly(A, FORK);
    for (int i = P; as_users && i <= C; i++)
        order_quietly(i, BECOME);
    for (int i = P; i <= C; i++)
        actors[i].done = 0;
}

static void end_world(void)
{
    for (int i = 0; i < *n_actors; i++)
        kill(actors[i].pid, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
    for (int i = 0; i < MAX_ACTORS; i++) {
        struct pollfd ready = {.fd = pipes[i][0], .events = POLLIN};
        char left[64];
        while (poll(&ready, 1, 0) == 1 && read(pipes[i][0], left, sizeof(left)) > 0)
            ;
    }
}

/* ---- The subject ---- */

static void start(int length, bool users, int worker)
{
    (void)length;
    (void)worker;
    as_users = users;
    driver = getpid();
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    actors = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    n_actors = (volatile int *)&actors[MAX_ACTORS];
    for (int i = 0; i < MAX_ACTORS; i++)
        if (pipe(pipes[i]))
            abort();
    list_main();
    n_level[3] = n_list;
    list_more();
    n_level[0] = n_level[1] = n_level[2] = n_list;
    list_private();
}

static long n_blocks(int length)
{
    return length == 0 ? RANDOM_BLOCKS : length == 1 ? 1 : n_level[length];
}

static long block_size(int length)
{
    long n = n_level[length];
    return length == 0 ? RANDOM_BLOCK : length < 3 ? n : n * n;
}

static void run(int length, long block, long program)
{
    long n = n_level[length];
    make_world();
    if (length == 0) {
        chance_start((uint64_t)(block * RANDOM_BLOCK + program));
        for (uint32_t left = 4 + chance(12); left > 0; left--)
            order((uint16_t)chance((uint32_t)n));
    } else {
        if (length > 1)
            order((uint16_t)block);
        if (length > 2)
            order((uint16_t)(program / n));
        order((uint16_t)(program % n));
    }
    end_world();
}

const struct subject jobs = {
    .name = "jobs",
    .start = start,
    .n_blocks = n_blocks,
    .block_size = block_size,
    .run = run,
};

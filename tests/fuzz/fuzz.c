/* The fuzzer: rounds of processes and threads that make random system calls, watched by one that
 * makes none; afterwards the kernel must hold what it held before.
 *
 * usage: fuzz SEED CALLS [FIRST-ROUND [LAST-ROUND]]    rounds until so many calls are made
 *        fuzz SEED replay RECIPE [TIMES]               chosen calls; a line is ROUND STREAM CALL...
 *        fuzz SEED print RECIPE                        the same as a C program
 *        fuzz SEED list ROUND                          a round as a recipe
 *
 * In the environment: CHECK=N looks for leaks after each N rounds; TRAP=CALL takes the success of a
 * call for a bug, to test how bugs are cut down.
 *
 * On standard error: `round N` before each. Exit status 3: a leak; 4: a stream that cannot be
 * ended; 5: the trap. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "calls.h"
#include "fuzz.h"

enum { STATUS_LEAK = 3, STATUS_STUCK = 4, STATUS_TRAP = 5 };
enum { TICK_NS = 1000000, PATIENCE = 8, ENTRY_PATIENCE = 1000, END_MS = 5000 }; /* in ticks */
enum { FLICKERS = 100 };

/* What all streams and the watcher share. */
struct board {
    volatile uint64_t made[MAX_STREAMS]; /* calls of each stream and the children it forks */
    volatile int next[MAX_STREAMS];      /* index of the call that the stream makes next */
    volatile bool done[MAX_STREAMS];     /* the stream has reached its end, or is given up */
    volatile bool entered[MAX_STREAMS];  /* the process is ready to begin */
    volatile bool trapped;
};
#define BOARD ((struct board *)BOARD_AT)

/* One stream: in its own process, or as a thread. */
struct stream {
    int number, peer;
};

static uint64_t seed;
static const char *trap_call;
static int n_rounds_a_check = 64; /* CHECK=N in the environment: others */
static int round_now;
static struct round_plan plan;
static struct stream streams[MAX_STREAMS];
static pid_t pids[MAX_STREAMS];                   /* of the streams' processes; 0: none now */
static int begun_at[MAX_STREAMS];                 /* where its stream was when the process began */
static short chosen[MAX_STREAMS][CALLS_A_STREAM]; /* a recipe's calls of this round */
static int n_chosen[MAX_STREAMS];
static char recipe_line[1 << 14];
static uint64_t total;

/* ---- A stream ---- */

static void arm_failure(int fd, int nth)
{
    char text[8] = {'0' + nth % 10, '\n'};
    (void)!pwrite(fd, text, 2, 0);
}

static void make_call(struct stream *self, int index, int fail_fd, bool *is_child)
{
    struct call call;
    draw_call(seed, round_now, self->number, index, &call);
    bool fails = plan.fail_nth && index % 5 == 0 && fail_fd >= 0;
    if (fails)
        arm_failure(fail_fd, 1 + index / 5 % plan.fail_nth);
    long result = perform(&call, self->peer);
    if (fails)
        arm_failure(fail_fd, 0);
    BOARD->made[self->number]++;
    const char *name = call_rows[call.row].name;
    if (trap_call && result >= 0 && strcmp(name, trap_call) == 0)
        BOARD->trapped = true;
    if (result == 0 && strcmp(name, "fork") == 0)
        *is_child = true;
}

/* A child's end cuts it short.
 * True for a whole one. */
static bool tick(void)
{
    return nanosleep(&(struct timespec){0, TICK_NS}, NULL) == 0;
}

static bool any_running(void)
{
    for (int i = 0; i < plan.n_streams; i++)
        if (!BOARD->done[i])
            return true;
    return false;
}

/* Begins where an earlier process of this stream died, after the call that it was in. A child of
 * a fork goes on with what its parent does, and ends soon. */
static int run_stream(void *arg)
{
    struct stream *self = arg;
    int n = self->number, left = 10;
    bool is_child = false;
    if (BOARD->done[n])
        return 0;
    int fail_fd = plan.fail_nth ? open("/proc/thread-self/fail-nth", O_RDWR) : -1;
    for (int i = BOARD->next[n]; i < n_chosen[n] && (!is_child || left-- > 0); i++) {
        if (!is_child)
            BOARD->next[n] = i + 1;
        make_call(self, chosen[n][i], fail_fd, &is_child);
    }
    if (!is_child)
        BOARD->done[n] = true;
    return 0;
}

/* A page that comes and goes while others pass its address to the kernel. No more often than they
 * do: each time costs more than a call, and stops all processors. */
static int run_flicker(void *arg)
{
    (void)arg;
    for (int i = 0; i < FLICKERS && any_running(); i++) {
        mmap((void *)FLICKER, 4096, i & 1 ? PROT_READ : PROT_READ | PROT_WRITE,
             MAP_FIXED | MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        sched_yield();
        munmap((void *)FLICKER, 4096);
        if (i % 3 == 0)
            sched_yield();
    }
    return 0;
}

static void start_thread(int (*function)(void *), int number)
{
    enum { OF_THREADS = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD };
    char *top = (char *)STACKS + (number + 1) * STACK_BYTES;
    clone(function, top, OF_THREADS, &streams[number]);
}

/* The process of one stream, or of all as threads. Does not return. */
static void run_process(int number)
{
    world_enter(plan.as_root);
    BOARD->entered[number] = true;
    if (plan.threads)
        for (int i = 1; i < plan.n_streams; i++)
            start_thread(run_stream, i);
    if (plan.flicker)
        start_thread(run_flicker, 0);
    run_stream(&streams[number]);
    while (plan.threads && any_running())
        tick();
    _exit(0);
}

/* ---- The watcher ---- */

static void die(const char *what)
{
    fprintf(stderr, "fuzz: %s: %s\n", what, strerror(errno));
    exit(1);
}

static uint64_t calls_made(void)
{
    uint64_t sum = 0;
    for (int i = 0; i < MAX_STREAMS; i++)
        sum += BOARD->made[i];
    return sum;
}

static void give_up(int number)
{
    for (int i = 0; i < plan.n_streams; i++)
        if (i == number || plan.threads)
            BOARD->done[i] = true;
}

static void start_process(int number)
{
    BOARD->entered[number] = false;
    for (int i = 0; i < plan.n_streams; i++)
        if (i == number || plan.threads)
            begun_at[i] = BOARD->next[i];
    streams[number].peer = pids[0];
    pids[number] = fork();
    if (pids[number] == 0)
        run_process(number);
    if (pids[number] < 0)
        give_up(number); /* the calls have taken all memory */
}

static bool has_made_calls(int number)
{
    for (int i = 0; i < plan.n_streams; i++)
        if ((i == number || plan.threads) && BOARD->next[i] > begun_at[i])
            return true;
    return false;
}

/* Where a stream's process died before the end, another goes on. */
static void bury(pid_t pid)
{
    for (int i = 0; i < plan.n_streams; i++) {
        if (pids[i] != pid)
            continue;
        pids[i] = 0;
        if (!has_made_calls(i))
            give_up(i);
        else if (plan.threads ? any_running() : !BOARD->done[i])
            start_process(i);
    }
}

static bool all_entered(void)
{
    for (int i = 0; i < plan.n_streams; i++)
        if (pids[i] > 0 && !BOARD->entered[i])
            return false;
    return true;
}

/* A stream that has made the watcher its tracer stops at each signal, and goes on without it. */
static void hear_ends(void)
{
    int status;
    for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG | __WALL)) > 0;) {
        if (!WIFSTOPPED(status))
            bury(pid);
        else if (ptrace(PTRACE_CONT, pid, 0, 0) < 0)
            kill(pid, SIGKILL);
    }
}

/* Waits while calls are being made; who sleeps in one gets a signal, who sleeps on is ended: also
 * who is stopped by another before it enters. Goes on in vain only if that one does not end: then
 * end_all tells. */
static void watch(void)
{
    uint64_t last = 0;
    for (int idle = 0; any_running() && idle < END_MS;) {
        hear_ends();
        bool whole = tick();
        idle = calls_made() == last ? idle + whole : 0;
        last = calls_made();
        int patience = all_entered() ? PATIENCE : ENTRY_PATIENCE;
        for (int i = 0; i < plan.n_streams && idle > 1; i++)
            if (pids[i] > 0)
                kill(pids[i], idle < patience ? SIGUSR1 : SIGKILL);
    }
}

/* Ends all processes but this one and init. */
static void end_all(void)
{
    for (int ms = 0; ms < END_MS; ms++) {
        kill(-1, SIGKILL);
        kill(-1, SIGCONT);
        pid_t pid;
        while ((pid = waitpid(-1, NULL, WNOHANG | __WALL)) > 0)
            ;
        if (pid < 0 && errno == ECHILD)
            return;
        if (ms > 2)
            tick();
    }
    printf("stuck: after round %d a process does not end\n", round_now);
    exit(STATUS_STUCK);
}

static void run_round(void)
{
    memset((void *)SHARED, 0, SHARED_BYTES);
    memset(BOARD, 0, sizeof *BOARD);
    memset(pids, 0, sizeof pids);
    world_make();
    fprintf(stderr, "round %d\n", round_now);
    for (int i = 0; i < plan.n_streams; i++)
        streams[i].number = i;
    for (int i = 0; i < (plan.threads ? 1 : plan.n_streams); i++)
        start_process(i);
    watch();
    end_all();
    total += calls_made();
    world_remove();
    if (BOARD->trapped && round_now >= 0) {
        printf("trap: %s in round %d\n", trap_call, round_now);
        exit(STATUS_TRAP);
    }
}

/* ---- Leaks ---- */

static char before[16384], after[16384];

static void read_counts(char *text)
{
    int fd = open("/proc/kcounts", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        die("/proc/kcounts");
    size_t length = 0;
    for (ssize_t n; length < sizeof before - 1 &&
                    (n = read(fd, text + length, sizeof before - 1 - length)) > 0;)
        length += n;
    text[length] = 0;
    close(fd);
}

static long value_in(const char *text, const char *name, size_t length)
{
    for (const char *line = text; line && *line; line = strchr(line, '\n'), line += line != NULL)
        if (strncmp(line, name, length) == 0 && line[length] == ' ')
            return atol(line + length + 1);
    return 0;
}

/* More than before of anything is a leak. What is new in the list was nothing before. */
static void check_leaks(void)
{
    int n = 0;
    read_counts(after);
    for (const char *line = after; line && *line; line = strchr(line, '\n'), line += line != NULL) {
        size_t length = strcspn(line, " ");
        long was = value_in(before, line, length), is = value_in(after, line, length);
        if (is > was && ++n)
            printf("leak: %.*s was %ld, is %ld, after round %d\n", (int)length, line, was, is,
                   round_now);
    }
    if (n)
        exit(STATUS_LEAK);
}

/* ---- Ways to run ---- */

static void choose_all(void)
{
    for (int i = 0; i < MAX_STREAMS; i++) {
        n_chosen[i] = CALLS_A_STREAM;
        for (int j = 0; j < CALLS_A_STREAM; j++)
            chosen[i][j] = (short)j;
    }
}

static void map_shared(uint64_t at, size_t n)
{
    enum { FLAGS = MAP_FIXED | MAP_SHARED | MAP_ANONYMOUS };
    if (mmap((void *)at, n, PROT_READ | PROT_WRITE, FLAGS, -1, 0) == MAP_FAILED)
        die("mmap");
}

static void hear_child(int signal)
{
    (void)signal;
}

/* What the first rounds make or touch that stays is no leak. */
static void prepare(void)
{
    struct call call;
    sigset_t others;
    sigfillset(&others);
    sigdelset(&others, SIGCHLD);
    sigdelset(&others, SIGCONT); /* everybody in the session may send it: pending, it would leak */
    sigdelset(&others, SIGHUP);  /* a stopped stream that joined the watcher's group causes both */
    signal(SIGHUP, SIG_IGN);
    sigprocmask(SIG_SETMASK, &others, NULL);
    sigaction(SIGCHLD, &(struct sigaction){.sa_handler = hear_child}, NULL);
    draw_call(seed, 0, 0, 0, &call); /* its tables: made once, for all streams */
    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
    if (access("/proc/kcounts", R_OK) < 0)
        die("this is not Ouros: no system calls here");
    map_shared(SHARED, SHARED_BYTES);
    map_shared(BOARD_AT, sizeof *BOARD);
    memset(before, 1, sizeof before);
    memset(after, 1, sizeof after);
    memset(recipe_line, 1, sizeof recipe_line);
    world_grow();
    for (round_now = -3; round_now < 0; round_now++) {
        draw_round(seed, round_now, &plan);
        run_round();
        read_counts(before);
        check_leaks();
    }
    read_counts(before);
    total = 0;
}

static void run_rounds(uint64_t n_calls, int first, int last)
{
    choose_all();
    prepare();
    for (round_now = first; total < n_calls && round_now <= last; round_now++) {
        draw_round(seed, round_now, &plan);
        run_round();
        if (round_now % n_rounds_a_check == 0)
            check_leaks();
    }
    check_leaks();
    printf("calls %lu in %d rounds\n", total, round_now - first);
}

static void run_chosen(bool run)
{
    draw_round(seed, round_now, &plan);
    if (run)
        run_round();
    memset(n_chosen, 0, sizeof n_chosen);
}

/* A recipe's line: round, stream, and the numbers of calls. */
static void replay_once(FILE *recipe, bool run)
{
    bool pending = false;
    rewind(recipe);
    for (; fgets(recipe_line, sizeof recipe_line, recipe); pending = true) {
        char *at = recipe_line, *end;
        int round = (int)strtol(at, &at, 10), stream = (int)strtol(at, &at, 10) % MAX_STREAMS;
        if (pending && round != round_now)
            run_chosen(run);
        round_now = round;
        for (long index; index = strtol(at, &end, 10), end != at; at = end)
            if (n_chosen[stream] < CALLS_A_STREAM)
                chosen[stream][n_chosen[stream]++] = (short)index;
    }
    if (pending)
        run_chosen(run);
}

static void replay(const char *path, int times)
{
    FILE *recipe = fopen(path, "r");
    if (!recipe)
        die(path);
    replay_once(recipe, false);
    prepare();
    while (times-- > 0)
        replay_once(recipe, true);
    fclose(recipe);
    check_leaks();
    printf("calls %lu\n", total);
}

static void list_round(int round)
{
    draw_round(seed, round, &plan);
    for (int i = 0; i < plan.n_streams; i++) {
        printf("%d %d", round, i);
        for (int j = 0; j < CALLS_A_STREAM; j++)
            printf(" %d", j);
        printf("\n");
    }
}

/* A stream that is root and executes /proc/self/exe would be a fuzzer too, whose watcher ends all
 * processes after a round: also the one that watches it. It does not come by this name. */
static bool is_run_by_stream(void)
{
    const char *path = (const char *)getauxval(AT_EXECFN), *slash = strrchr(path, '/');
    return strcmp(slash ? slash + 1 : path, "fuzz") != 0;
}

int main(int argc, char **argv)
{
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc < 3 || is_run_by_stream()) {
        fprintf(stderr, "usage: fuzz SEED CALLS | fuzz SEED replay|print RECIPE\n");
        return 2;
    }
    seed = strtoul(argv[1], NULL, 0);
    trap_call = getenv("TRAP");
    if (getenv("CHECK"))
        n_rounds_a_check = atoi(getenv("CHECK"));
    const char *what = argv[2], *operand = argc > 3 ? argv[3] : "0";
    if (strcmp(what, "print") == 0)
        print_program(seed, operand);
    else if (strcmp(what, "list") == 0)
        list_round(atoi(operand));
    else if (strcmp(what, "replay") == 0)
        replay(operand, argc > 4 ? atoi(argv[4]) : 1);
    else
        run_rounds(strtoul(what, NULL, 0), atoi(operand), argc > 4 ? atoi(argv[4]) : INT_MAX - 1);
    return 0;
}

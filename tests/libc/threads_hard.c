/* Many threads at once, against each other and against the library: locks under contention, memory,
 * files, environment, ends, forks in the midst of it all.
 * needs: procfs futex files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>
#include <stdarg.h>
#include <sys/mman.h>
#include <time.h>

enum {
    N = 8,       /* threads at once */
    MORTALS = 3, /* threads that each makes, of those that end with a mutex locked, */
    ENDS = 6,    /* and of those that just end */
};

/* Runs a function in N threads, with their numbers; how many did not return NULL. */
static int together(void *(*function)(void *))
{
    pthread_t threads[N];
    int bad = 0;
    for (long i = 0; i < N; i++)
        if (pthread_create(&threads[i], NULL, function, (void *)i))
            return -1;
    for (int i = 0; i < N; i++) {
        void *result;
        pthread_join(threads[i], &result);
        bad += result != NULL;
    }
    return bad;
}

static unsigned next_random(unsigned *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 8;
}

/* ---- Mutex and condition: a queue of few places */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t has_room, has_items;
    int items[3], n;
    long sum;
} queue = {.mutex = PTHREAD_MUTEX_INITIALIZER,
           .has_room = PTHREAD_COND_INITIALIZER,
           .has_items = PTHREAD_COND_INITIALIZER};

static void put(int item)
{
    pthread_mutex_lock(&queue.mutex);
    while (queue.n == 3)
        pthread_cond_wait(&queue.has_room, &queue.mutex);
    queue.items[queue.n++] = item;
    pthread_cond_signal(&queue.has_items);
    pthread_mutex_unlock(&queue.mutex);
}

static int take(void)
{
    struct timespec soon;
    pthread_mutex_lock(&queue.mutex);
    while (queue.n == 0) {
        clock_gettime(CLOCK_REALTIME, &soon);
        soon.tv_nsec = (soon.tv_nsec + 1000000) % 1000000000;
        pthread_cond_timedwait(&queue.has_items, &queue.mutex, &soon);
    }
    int item = queue.items[--queue.n];
    queue.sum += item;
    pthread_cond_broadcast(&queue.has_room);
    pthread_mutex_unlock(&queue.mutex);
    return item;
}

static void *use_queue(void *arg)
{
    for (int i = 0; i < 300; i++)
        if ((long)arg % 2)
            put(i);
        else
            take();
    return NULL;
}

static void nothing(int number)
{
    (void)number;
}

static volatile int storm_ends;

/* Signals that interrupt whatever waits. */
static void *storm(void *arg)
{
    pthread_t *threads = arg;
    struct timespec rest = {0, 300000};
    for (int i = 0; !storm_ends; i++) {
        pthread_kill(threads[i % N], SIGUSR1);
        nanosleep(&rest, NULL);
    }
    return NULL;
}

static void check_queue(void)
{
    pthread_t threads[N], disturber;
    struct sigaction action = {.sa_handler = nothing};
    sigaction(SIGUSR1, &action, NULL);
    for (long i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, use_queue, (void *)i);
    pthread_create(&disturber, NULL, storm, threads);
    struct timespec step = {0, 1000000};
    for (int done = 0; done < N; done++)
        while (pthread_kill(threads[done], 0) == 0 && queue.sum < N / 2 * 300 * 299 / 2)
            nanosleep(&step, NULL);
    storm_ends = 1;
    pthread_join(disturber, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(queue.sum, N / 2 * 300 * 299 / 2);
    CHECK_EQ(queue.n, 0);
}

/* ---- Readers and writers */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile long one, two;

static void *read_or_write(void *arg)
{
    unsigned random = (unsigned)(long)arg;
    long bad = 0;
    for (int i = 0; i < 400; i++) {
        if (next_random(&random) % 4 == 0) {
            pthread_rwlock_wrlock(&rwlock);
            one++;
            if (i % 16 == 0)
                sched_yield();
            two++;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            bad += one != two;
        }
        pthread_rwlock_unlock(&rwlock);
    }
    return (void *)bad;
}

/* ---- Recursive, error-checking and robust mutexes at once */

static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP, robust;
static long in_recursive, in_robust, deaths;

static void *use_recursive(void *arg)
{
    for (int i = 0; i < 300; i++) {
        pthread_mutex_lock(&recursive);
        pthread_mutex_lock(&recursive);
        in_recursive++;
        pthread_mutex_unlock(&recursive);
        in_recursive++;
        pthread_mutex_unlock(&recursive);
    }
    return arg ? NULL : arg;
}

static void *die_in_robust(void *arg)
{
    int error = pthread_mutex_lock(&robust);
    if (error == EOWNERDEAD) {
        deaths++;
        error = pthread_mutex_consistent(&robust);
    }
    in_robust++;
    return (void *)(long)(error + 0 * (long)arg); /* with the mutex locked */
}

static void *make_mortals(void *arg)
{
    long bad = 0;
    for (int i = 0; i < MORTALS; i++) {
        pthread_t thread;
        void *result;
        pthread_create(&thread, NULL, die_in_robust, arg);
        pthread_join(thread, &result);
        bad += result != NULL;
    }
    return (void *)bad;
}

static void check_mutexes(void)
{
    pthread_mutexattr_t attr;
    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&robust, &attr);
    CHECK_EQ(together(use_recursive), 0);
    CHECK_EQ(in_recursive, N * 600);
    CHECK_EQ(together(make_mortals), 0);
    CHECK_EQ(in_robust, N * MORTALS);
    CHECK_EQ(deaths, N * MORTALS - 1);
}

/* ---- Objects that are destroyed as soon as POSIX allows: each in memory that is unmapped then */

struct brief {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    pthread_barrier_t barrier;
    sem_t sem;
    int users;
    bool go;
};

static void *use_briefly(void *arg)
{
    struct brief *brief = arg;
    pthread_mutex_lock(&brief->mutex);
    brief->users++;
    while (!brief->go)
        pthread_cond_wait(&brief->cond, &brief->mutex);
    bool last = --brief->users == 0;
    pthread_mutex_unlock(&brief->mutex);
    if (last) { /* no other thread has a use for them */
        pthread_cond_destroy(&brief->cond);
        pthread_mutex_destroy(&brief->mutex);
    }
    return NULL;
}

static void *post(void *arg)
{
    sem_post(&((struct brief *)arg)->sem);
    return NULL;
}

static void *pass_barrier(void *arg)
{
    struct brief *brief = arg;
    if (pthread_barrier_wait(&brief->barrier) == PTHREAD_BARRIER_SERIAL_THREAD) {
        pthread_barrier_destroy(&brief->barrier);
        munmap(brief, sizeof *brief);
    }
    return NULL;
}

static struct brief *map_brief(void)
{
    return mmap(NULL, sizeof(struct brief), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0);
}

static void check_brief_objects(void)
{
    pthread_t threads[4];
    for (int round = 0; round < 4; round++) {
        struct brief *brief = map_brief();
        pthread_mutex_init(&brief->mutex, NULL);
        pthread_cond_init(&brief->cond, NULL);
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, use_briefly, brief);
        pthread_mutex_lock(&brief->mutex);
        brief->go = true;
        pthread_cond_broadcast(&brief->cond);
        pthread_mutex_unlock(&brief->mutex);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
        munmap(brief, sizeof *brief);
        brief = map_brief();
        sem_init(&brief->sem, 0, 0);
        pthread_create(&threads[0], NULL, post, brief);
        sem_wait(&brief->sem);
        sem_destroy(&brief->sem);
        munmap(brief, sizeof *brief);
        pthread_join(threads[0], NULL);
        brief = map_brief();
        pthread_barrier_init(&brief->barrier, NULL, 4);
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, pass_barrier, brief);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
    CHECK(true);
}

/* ---- Threads that are joined, or detached before, while or after they end */

static int n_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    int n = 0;
    for (int c; (c = getc(maps)) != EOF;)
        n += c == '\n';
    fclose(maps);
    return n;
}

static int ended;

static void *end(void *arg)
{
    if ((long)arg % 3 == 0)
        pthread_detach(pthread_self());
    __atomic_add_fetch(&ended, 1, __ATOMIC_SEQ_CST);
    return arg;
}

static void *make_threads(void *arg)
{
    long bad = 0;
    for (long i = 0; i < ENDS; i++) {
        pthread_t thread;
        void *result;
        while (pthread_create(&thread, NULL, end, (void *)i))
            sched_yield();
        if (i % 3 == 1)
            pthread_detach(thread);
        else if (i % 3 == 2)
            bad += pthread_join(thread, &result) != 0 || result != (void *)i;
    }
    return (void *)(bad + 0 * (long)arg);
}

static void check_ends(void)
{
    CHECK_EQ(together(make_threads), 0); /* so that what is mapped once is mapped */
    while (__atomic_load_n(&ended, __ATOMIC_SEQ_CST) < N * ENDS)
        sched_yield();
    int before = n_mappings();
    CHECK_EQ(together(make_threads), 0);
    while (__atomic_load_n(&ended, __ATOMIC_SEQ_CST) < 2 * N * ENDS)
        sched_yield();
    struct timespec step = {0, 1000000};
    for (int i = 0; n_mappings() > before + 4 && i < 10000; i++)
        nanosleep(&step, NULL); /* detached threads unmap their stacks after they counted */
    CHECK(n_mappings() <= before + 4);
}

/* ---- Memory: blocks of all sizes, freed by other threads than took them */

static char *volatile exchange[64];

static bool is_filled(const char *block)
{
    size_t size;
    memcpy(&size, block, sizeof size);
    for (size_t i = sizeof size; i < size; i++)
        if (block[i] != (char)size)
            return false;
    return true;
}

static char *filled(char *block, size_t size)
{
    memset(block, (char)size, size);
    memcpy(block, &size, sizeof size);
    return block;
}

static void *allocate(void *arg)
{
    unsigned random = 1 + (unsigned)(long)arg;
    long bad = 0;
    for (int i = 0; i < 1500; i++) {
        size_t size = 16 + next_random(&random) % (i % 100 == 0 ? 300000 : 500);
        char *block = i % 7 == 0    ? calloc(1, size)
                      : i % 11 == 0 ? aligned_alloc(64, size)
                                    : malloc(size);
        filled(block, size);
        if (i % 5 == 0) {
            size = 16 + next_random(&random) % 2000;
            block = filled(realloc(block, size), size);
        }
        char *other =
            __atomic_exchange_n(&exchange[next_random(&random) % 64], block, __ATOMIC_SEQ_CST);
        bad += other && !is_filled(other);
        free(other);
    }
    return (void *)bad;
}

static void check_memory(void)
{
    CHECK_EQ(together(allocate), 0);
    int bad = 0;
    for (int i = 0; i < 64; i++) {
        bad += exchange[i] && !is_filled(exchange[i]);
        free(exchange[i]);
        exchange[i] = NULL;
    }
    CHECK_EQ(bad, 0);
}

/* ---- Files */

static FILE *shared_file;

static void *print_lines(void *arg)
{
    for (int i = 0; i < 150; i++) {
        fprintf(shared_file, "%ld:%d:%s:%.3f\n", (long)arg, i, "abcdefghijklmnopqrstuvwxyz",
                i / 8.0);
        flockfile(shared_file);
        for (const char *c = "one by one"; *c; c++)
            putc_unlocked(*c, shared_file);
        putc('\n', shared_file);
        funlockfile(shared_file);
        if (i % 10 == 0)
            fflush(NULL);
    }
    return NULL;
}

static void *open_and_close(void *arg)
{
    char path[32], line[64];
    long bad = 0;
    snprintf(path, sizeof path, "file%ld", (long)arg);
    for (int i = 0; i < 60; i++) {
        FILE *file = fopen(path, "w+");
        fprintf(file, "%ld %d\n", (long)arg, i);
        rewind(file);
        bad += !fgets(line, sizeof line, file) || atoi(line) != (long)arg;
        fclose(file);
        fflush(NULL);
    }
    unlink(path);
    return (void *)bad;
}

static void *format(void *arg)
{
    long bad = 0;
    char text[400], again[400];
    for (int i = 1; i < 60; i++) {
        double value = (double)(i * ((long)arg + 3)) * 1e-3;
        snprintf(text, sizeof text, "%.17g %.200f", value, value);
        double back = strtod(text, NULL), scanned = 0;
        bad += back != value || sscanf(text, "%lf", &scanned) != 1 || scanned != value;
        snprintf(again, sizeof again, "%.17g %.200f", back, back);
        bad += strcmp(text, again) != 0;
    }
    return (void *)bad;
}

static void check_files(void)
{
    char line[100];
    int whole = 0, letters = 0, bad = 0;
    shared_file = fopen("shared", "w+");
    CHECK_EQ(together(print_lines), 0);
    rewind(shared_file);
    while (fgets(line, sizeof line, shared_file)) {
        long thread;
        int i, end = 0;
        double eighth;
        if (strcmp(line, "one by one\n") == 0)
            letters++;
        else if (sscanf(line, "%ld:%d:abcdefghijklmnopqrstuvwxyz:%lf\n%n", &thread, &i, &eighth,
                        &end) == 3 &&
                 end)
            whole++;
        else
            bad++;
    }
    CHECK_EQ(whole, N * 150);
    CHECK_EQ(letters, N * 150);
    CHECK_EQ(bad, 0);
    fclose(shared_file);
    unlink("shared");
    CHECK_EQ(together(open_and_close), 0);
    CHECK_EQ(together(format), 0);
}

/* ---- Environment, random numbers, errno, keys */

static void *change_environment(void *arg)
{
    char name[32], value[300];
    for (int i = 0; i < 100; i++) {
        snprintf(name, sizeof name, "NAME_%ld_%d", (long)arg, i % 10);
        memset(value, 'a' + (int)(long)arg, sizeof value);
        value[1 + i * 2] = '\0';
        setenv(name, value, 1);
        getenv("PATH");
        if (i % 10 == 9)
            unsetenv(name);
    }
    return NULL;
}

static void *fail_often(void *arg)
{
    long bad = 0;
    for (int i = 0; i < 500; i++) {
        bool odd = (long)arg % 2;
        bad += odd ? close(-1) != -1 : chdir("") != -1;
        bad += errno != (odd ? EBADF : ENOENT);
        random();
    }
    return (void *)bad;
}

static void *use_keys(void *arg)
{
    long bad = 0;
    for (int i = 0; i < 200; i++) {
        pthread_key_t key;
        if (pthread_key_create(&key, free))
            return (void *)-1;
        bad += pthread_getspecific(key) != NULL;
        char *value = malloc(10);
        pthread_setspecific(key, value);
        bad += pthread_getspecific(key) != value;
        free(value);
        pthread_setspecific(key, NULL);
        pthread_key_delete(key);
    }
    return (void *)(bad + 0 * (long)arg);
}

static void check_library(void)
{
    char name[32];
    int right = 0;
    CHECK_EQ(together(change_environment), 0);
    for (int thread = 0; thread < N; thread++)
        for (int i = 0; i < 10; i++) {
            snprintf(name, sizeof name, "NAME_%d_%d", thread, i);
            const char *value = getenv(name);
            right += i == 9 ? !value
                            : value && strlen(value) == 1 + (90 + (size_t)i) * 2 &&
                                  *value == 'a' + thread;
        }
    CHECK_EQ(right, N * 10);
    CHECK_EQ(together(fail_often), 0);
    CHECK_EQ(together(use_keys), 0);
}

/* ---- Forks while the others are in the midst of everything */

static volatile int disturb_ends;
static int prepared, in_parent;

static void *disturb(void *arg)
{
    unsigned random = (unsigned)(long)arg;
    char name[32];
    for (int i = 0; !disturb_ends; i++) {
        void *block = malloc(next_random(&random) % 3000);
        fprintf(shared_file, "%d %f\n", i, i / 3.0);
        snprintf(name, sizeof name, "FORK_%ld", (long)arg);
        setenv(name, i % 2 ? "short" : "a longer value", 1);
        FILE *file = fopen("/dev/null", "w");
        fclose(file);
        free(block);
    }
    return NULL;
}

static void *in_child(void *arg)
{
    return malloc(100) ? arg : &prepared;
}

/* What a child may do with the library, after a fork of a process with threads. */
static void use_library(void)
{
    pthread_t thread;
    void *result;
    for (int i = 0; i < 50; i++)
        free(malloc((size_t)i * 100));
    FILE *file = tmpfile();
    fprintf(file, "%d %.2f\n", 5, 2.5);
    fclose(file);
    fprintf(shared_file, "child\n");
    setenv("CHILD", "value", 1);
    if (pthread_create(&thread, NULL, in_child, NULL) || pthread_join(thread, &result) || result)
        _exit(7);
    exit(getenv("CHILD") ? 5 : 6);
}

static void before_fork(void)
{
    prepared++;
}

static void after_fork(void)
{
    in_parent++;
}

static void check_forks(void)
{
    pthread_t threads[N];
    int bad = 0;
    CHECK_EQ(pthread_atfork(before_fork, after_fork, NULL), 0);
    shared_file = fopen("/dev/null", "w");
    fflush(stdout);
    for (long i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, disturb, (void *)i);
    for (int i = 0; i < 30; i++) {
        int status = -1;
        pid_t child = fork();
        if (child == 0)
            use_library();
        waitpid(child, &status, 0);
        bad += status != 5 << 8;
    }
    disturb_ends = 1;
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    fclose(shared_file);
    CHECK_EQ(bad, 0);
    CHECK_EQ(prepared, 30);
    CHECK_EQ(in_parent, 30);
}

/* ---- exit by several threads: handlers run once each, and none overtakes another */

static int *handled;

static void count_handled(void)
{
    struct timespec rest = {0, 1000000};
    nanosleep(&rest, NULL);
    __atomic_add_fetch(handled, 1, __ATOMIC_SEQ_CST);
}

static void *register_and_exit(void *arg)
{
    static pthread_barrier_t *barrier;
    if (!arg) {
        static pthread_barrier_t own;
        pthread_barrier_init(&own, NULL, N);
        __atomic_store_n(&barrier, &own, __ATOMIC_SEQ_CST);
    }
    while (!__atomic_load_n(&barrier, __ATOMIC_SEQ_CST))
        sched_yield();
    for (int i = 0; i < 10; i++)
        atexit(count_handled);
    pthread_barrier_wait(barrier);
    exit(3);
}

static void check_exit(void)
{
    int status;
    handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        together(register_and_exit);
        _exit(9);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 3 << 8);
    CHECK_EQ(*handled, N * 10);
}

/* ---- A thread that waits for input keeps its FILE, and no other thread waits for it */

static FILE *silent;

static void *wait_for_input(void *arg)
{
    sem_post(arg);
    return (void *)(long)getc(silent);
}

static void check_blocked_reader(void)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pthread_t thread;
        sem_t begun;
        int fds[2];
        CHILD_REQUIRE(pipe(fds) == 0);
        silent = fdopen(fds[0], "r");
        sem_init(&begun, 0, 0);
        pthread_create(&thread, NULL, wait_for_input, &begun);
        sem_wait(&begun);
        while (ftrylockfile(silent) == 0) { /* until it has it */
            funlockfile(silent);
            sched_yield();
        }
        fflush(NULL);
        pid_t grandchild = fork();
        if (grandchild == 0)
            exit(fgetc(stdin) == EOF ? 5 : 6);
        waitpid(grandchild, &status, 0);
        CHILD_REQUIRE(WIFEXITED(status));
        exit(4);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 4 << 8);
}

int main(void)
{
    check_queue();
    CHECK_EQ(together(read_or_write), 0);
    CHECK_EQ(one, two);
    check_mutexes();
    check_brief_objects();
    check_ends();
    check_memory();
    check_files();
    check_library();
    check_forks();
    check_exit();
    check_blocked_reader();
    return check_done();
}

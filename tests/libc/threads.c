/* <pthread.h>, <semaphore.h> and <threads.h>, function by function: results, errors, what waits.
 * needs: procfs futex files */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <pthread.h>
#include <semaphore.h>
#include <sys/mman.h>
#include <threads.h>
#include <time.h>

#define N 8

static struct timespec in_ms(clockid_t clock, long ms)
{
    struct timespec at;
    clock_gettime(clock, &at);
    at.tv_nsec += ms * 1000000;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    return at;
}

static const struct timespec long_ago = {1, 0}, wrong_time = {1, 1000000000};

static void *call(void *(*function)(void *), void *argument)
{
    pthread_t thread;
    void *result = NULL;
    if (pthread_create(&thread, NULL, function, argument) || pthread_join(thread, &result))
        return (void *)-1;
    return result;
}

/* ---- Threads */

static _Thread_local int of_thread = 7;
static _Thread_local char zeros[2000];

static void *look_at_locals(void *arg)
{
    bool fresh = of_thread == 7 && zeros[0] == 0 && zeros[1999] == 0;
    of_thread = 8;
    memset(zeros, 1, sizeof zeros);
    errno = 1234;
    *(int **)arg = &errno;
    return (void *)(long)fresh;
}

static void *give_back(void *arg)
{
    return arg;
}

static void *exit_with(void *arg)
{
    pthread_exit(arg);
}

static void *wait_for_sem(void *arg)
{
    sem_wait(arg);
    return NULL;
}

static void check_threads(void)
{
    int *error_there = NULL;
    pthread_t thread, self = pthread_self();
    void *result;
    errno = 5;
    CHECK_EQ(call(look_at_locals, &error_there), 1);
    CHECK_EQ(call(look_at_locals, &error_there), 1);
    CHECK_EQ(of_thread, 7);
    CHECK_EQ(errno, 5);
    CHECK(error_there != &errno);
    CHECK_EQ(call(give_back, (void *)99), 99);
    CHECK_EQ(call(exit_with, (void *)98), 98);
    CHECK(pthread_equal(self, pthread_self()));
    CHECK_EQ(pthread_join(self, NULL), EDEADLK);
    sem_t sem;
    CHECK_OK(sem_init(&sem, 0, 0));
    CHECK_EQ(pthread_create(&thread, NULL, wait_for_sem, &sem), 0);
    CHECK(!pthread_equal(self, thread));
    CHECK_EQ(pthread_tryjoin_np(thread, &result), EBUSY);
    CHECK_EQ(pthread_timedjoin_np(thread, &result, &long_ago), ETIMEDOUT);
    CHECK_EQ(pthread_kill(thread, 0), 0);
    CHECK_EQ(pthread_kill(thread, 65), EINVAL);
    sem_post(&sem);
    struct timespec late = in_ms(CLOCK_MONOTONIC, 60000);
    CHECK_EQ(pthread_clockjoin_np(thread, NULL, CLOCK_MONOTONIC, &late), 0);
}

static sem_t ended;

static void *end_later(void *arg)
{
    sem_post(&ended);
    return arg;
}

static void check_detach(void)
{
    pthread_attr_t attr;
    pthread_t thread;
    int state;
    CHECK_OK(sem_init(&ended, 0, 0));
    CHECK_EQ(pthread_attr_init(&attr), 0);
    CHECK_EQ(pthread_attr_setdetachstate(&attr, 17), EINVAL);
    CHECK_EQ(pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED), 0);
    CHECK_EQ(pthread_attr_getdetachstate(&attr, &state), 0);
    CHECK_EQ(state, PTHREAD_CREATE_DETACHED);
    CHECK_EQ(pthread_create(&thread, &attr, end_later, NULL), 0);
    CHECK_OK(sem_wait(&ended));
    CHECK_EQ(pthread_create(&thread, NULL, end_later, NULL), 0);
    CHECK_OK(sem_wait(&ended));
    CHECK_EQ(pthread_detach(thread), 0); /* it has ended, or is about to */
    CHECK_EQ(pthread_create(&thread, NULL, wait_for_sem, &ended), 0);
    CHECK_EQ(pthread_detach(thread), 0);
    CHECK_EQ(pthread_join(thread, NULL), EINVAL);
    CHECK_EQ(pthread_detach(thread), EINVAL);
    CHECK_OK(sem_post(&ended));
    pthread_attr_destroy(&attr);
}

static void *fill_stack(void *arg)
{
    size_t size = (size_t)arg;
    char array[size];
    memset(array, 1, size);
    return (void *)(long)(array[size / 2] == 1);
}

static void *own_attributes(void *arg)
{
    pthread_attr_t *attr = arg;
    return (void *)(long)pthread_getattr_np(pthread_self(), attr);
}

static void *run_with(const pthread_attr_t *attr, void *(*function)(void *), void *argument)
{
    pthread_t thread;
    void *result = (void *)-1;
    if (pthread_create(&thread, attr, function, argument) == 0)
        pthread_join(thread, &result);
    return result;
}

static void check_attributes(void)
{
    static char own[256 << 10] __attribute__((aligned(4096)));
    pthread_attr_t attr, seen;
    size_t size;
    void *at;
    pthread_attr_init(&attr);
    CHECK_EQ(pthread_attr_setstacksize(&attr, 100), EINVAL);
    CHECK_EQ(pthread_attr_setstacksize(&attr, 1 << 20), 0);
    CHECK_EQ(pthread_attr_getstacksize(&attr, &size), 0);
    CHECK_EQ(size, 1 << 20);
    CHECK_EQ(pthread_attr_setguardsize(&attr, 3 * 4096), 0);
    CHECK_EQ(pthread_attr_getguardsize(&attr, &size), 0);
    CHECK_EQ(size, 3 * 4096);
    CHECK_EQ(run_with(&attr, fill_stack, (void *)(1000 << 10)), 1);
    CHECK_EQ(run_with(&attr, own_attributes, &seen), 0);
    pthread_attr_getstacksize(&seen, &size);
    CHECK(size >= 1 << 20);
    CHECK_EQ(pthread_attr_setstack(&attr, own, sizeof own), 0);
    CHECK_EQ(pthread_attr_getstack(&attr, &at, &size), 0);
    CHECK(at == own && size == sizeof own);
    memset(own, 0xff, sizeof own); /* the library cannot count on zeros */
    CHECK_EQ(run_with(&attr, fill_stack, (void *)(200 << 10)), 1);
    memset(own, 0xff, sizeof own);
    int *unused;
    CHECK_EQ(run_with(&attr, look_at_locals, &unused), 1);
    CHECK_EQ(pthread_getattr_np(pthread_self(), &seen), 0);
    pthread_attr_getstack(&seen, &at, &size);
    CHECK((char *)&seen > (char *)at && (char *)&seen < (char *)at + size);
    pthread_attr_destroy(&attr);
}

static void *overflow(void *arg)
{
    volatile char array[1000]; /* less than the guard has */
    void *result = arg ? overflow((char *)arg - 1) : NULL;
    array[0] = 1; /* after the call, so that it is no loop */
    return array[0] == 1 ? result : NULL;
}

static void check_guard(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        signal(SIGSEGV, SIG_DFL);
        call(overflow, (void *)1000000);
        _exit(0);
    }
    int status;
    waitpid(child, &status, 0);
    CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGSEGV);
}

static pthread_t first_thread;

static void *join_first(void *arg)
{
    void *result = NULL;
    int error = pthread_join(first_thread, &result);
    _exit(error ? 1 : (int)(long)result);
    return arg;
}

static void last_words(void)
{
    (void)!write(1, "# atexit\n", 9);
    _exit(23);
}

static void check_ends(void)
{
    pthread_t thread;
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        first_thread = pthread_self();
        pthread_create(&thread, NULL, join_first, NULL);
        pthread_exit((void *)17);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 17 << 8); /* another thread joined the first one */
    child = fork();
    if (child == 0) {
        atexit(last_words);
        pthread_create(&thread, NULL, give_back, NULL);
        pthread_exit(NULL);
    }
    waitpid(child, &status, 0);
    CHECK_EQ(status, 23 << 8); /* the last thread ends as exit(0) does */
}

static void *name_and_clock(void *arg)
{
    char name[16] = "";
    clockid_t clock;
    struct timespec used;
    pthread_setname_np(pthread_self(), "worker");
    pthread_getname_np(pthread_self(), name, sizeof name);
    bool right = strcmp(name, "worker") == 0 &&
                 pthread_getcpuclockid(pthread_self(), &clock) == 0 &&
                 clock_gettime(clock, &used) == 0;
    sem_post(&ended);
    sem_wait(arg);
    return (void *)(long)right;
}

static void check_names(void)
{
    pthread_t thread;
    sem_t go;
    char name[16] = "";
    void *result;
    sem_init(&go, 0, 0);
    CHECK_EQ(pthread_create(&thread, NULL, name_and_clock, &go), 0);
    sem_wait(&ended);
    CHECK_EQ(pthread_getname_np(thread, name, sizeof name), 0);
    CHECK_STR(name, "worker");
    CHECK_EQ(pthread_getname_np(thread, name, 15), ERANGE);
    CHECK_EQ(pthread_setname_np(thread, "sixteen letters!"), ERANGE);
    CHECK_EQ(pthread_setname_np(thread, "other"), 0);
    CHECK_EQ(pthread_getname_np(thread, name, sizeof name), 0);
    CHECK_STR(name, "other");
    sem_post(&go);
    pthread_join(thread, &result);
    CHECK_EQ(result, 1);
    CHECK_EQ(pthread_setconcurrency(3), 0);
    CHECK_EQ(pthread_getconcurrency(), 3);
    CHECK_EQ(pthread_setconcurrency(-1), EINVAL);
}

/* ---- Signals */

static volatile pthread_t handled_by;

static void note(int number)
{
    (void)number;
    handled_by = pthread_self();
}

static void *wait_for_signal(void *arg)
{
    sigset_t none;
    sigemptyset(&none);
    sem_post(arg);
    sigsuspend(&none);
    return NULL;
}

static void check_signals(void)
{
    pthread_t thread;
    sigset_t set, old;
    sem_t ready;
    struct sigaction action = {.sa_handler = note};
    sem_init(&ready, 0, 0);
    sigaction(SIGUSR1, &action, NULL);
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK_EQ(pthread_sigmask(SIG_BLOCK, &set, &old), 0);
    CHECK_EQ(pthread_sigmask(77, &set, NULL), EINVAL);
    pthread_create(&thread, NULL, wait_for_signal, &ready);
    sem_wait(&ready);
    CHECK_EQ(pthread_kill(thread, SIGUSR1), 0);
    CHECK_EQ(pthread_join(thread, NULL), 0);
    CHECK(handled_by == thread);
    CHECK_EQ(pthread_kill(pthread_self(), SIGUSR1), 0);
    CHECK_EQ(pthread_sigmask(SIG_SETMASK, &old, NULL), 0);
    CHECK(handled_by == pthread_self());
    pthread_create(&thread, NULL, give_back, NULL);
    struct timespec step = {0, 1000000};
    while (pthread_tryjoin_np(thread, NULL) == EBUSY)
        nanosleep(&step, NULL);
}

/* ---- Mutexes */

static void *try_lock(void *arg)
{
    int error = pthread_mutex_trylock(arg);
    if (error == 0)
        pthread_mutex_unlock(arg);
    return (void *)(long)error;
}

static void *unlock_it(void *arg)
{
    return (void *)(long)pthread_mutex_unlock(arg);
}

static void *lock_and_end(void *arg)
{
    return (void *)(long)pthread_mutex_lock(arg);
}

static void make_mutex(pthread_mutex_t *mutex, int type, int robust)
{
    pthread_mutexattr_t attr;
    int got;
    pthread_mutexattr_init(&attr);
    CHECK_EQ(pthread_mutexattr_settype(&attr, type), 0);
    CHECK_EQ(pthread_mutexattr_setrobust(&attr, robust), 0);
    pthread_mutexattr_gettype(&attr, &got);
    CHECK_EQ(got, type);
    pthread_mutexattr_getrobust(&attr, &got);
    CHECK_EQ(got, robust);
    CHECK_EQ(pthread_mutex_init(mutex, &attr), 0);
    pthread_mutexattr_destroy(&attr);
}

static void check_kind(int type, int robust)
{
    pthread_mutex_t mutex;
    bool normal = type == PTHREAD_MUTEX_NORMAL, recursive = type == PTHREAD_MUTEX_RECURSIVE;
    NOTE("type %d, robust %d", type, robust);
    make_mutex(&mutex, type, robust);
    CHECK_EQ(call(try_lock, &mutex), 0);
    if (!normal)
        CHECK_EQ(pthread_mutex_unlock(&mutex), EPERM);
    CHECK_EQ(pthread_mutex_lock(&mutex), 0);
    CHECK_EQ(call(try_lock, &mutex), EBUSY);
    if (!robust)
        CHECK_EQ(pthread_mutex_destroy(&mutex), EBUSY);
    CHECK_EQ(pthread_mutex_trylock(&mutex), recursive ? 0 : EBUSY);
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQ(pthread_mutex_timedlock(&mutex, &soon), recursive ? 0 : normal ? ETIMEDOUT : EDEADLK);
    if (recursive) {
        CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
        CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
        CHECK_EQ(call(try_lock, &mutex), EBUSY);
    }
    if (!normal)
        CHECK_EQ(call(unlock_it, &mutex), EPERM);
    CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQ(call(try_lock, &mutex), 0);
    CHECK_EQ(pthread_mutex_destroy(&mutex), 0);
}

static void *lock_late(void *arg)
{
    struct timespec soon = in_ms(CLOCK_MONOTONIC, 5);
    bool right = pthread_mutex_timedlock(arg, &long_ago) == ETIMEDOUT &&
                 pthread_mutex_timedlock(arg, &wrong_time) == EINVAL &&
                 pthread_mutex_clocklock(arg, CLOCK_MONOTONIC, &soon) == ETIMEDOUT &&
                 pthread_mutex_clocklock(arg, CLOCK_PROCESS_CPUTIME_ID, &soon) == EINVAL;
    return (void *)(long)right;
}

static void check_mutexes(void)
{
    static pthread_mutex_t recursive = PTHREAD_RECURSIVE_MUTEX_INITIALIZER_NP,
                           checked = PTHREAD_ERRORCHECK_MUTEX_INITIALIZER_NP,
                           normal = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutexattr_t attr;
    for (int type = PTHREAD_MUTEX_NORMAL; type <= PTHREAD_MUTEX_ERRORCHECK; type++)
        for (int robust = 0; robust < 2; robust++)
            check_kind(type, robust);
    pthread_mutexattr_init(&attr);
    CHECK_EQ(pthread_mutexattr_settype(&attr, 77), EINVAL);
    CHECK_EQ(pthread_mutexattr_setrobust(&attr, 77), EINVAL);
    CHECK_EQ(pthread_mutexattr_setpshared(&attr, 77), EINVAL);
    CHECK_EQ(pthread_mutex_lock(&recursive) + pthread_mutex_lock(&recursive), 0);
    CHECK_EQ(pthread_mutex_lock(&checked), 0);
    CHECK_EQ(pthread_mutex_lock(&checked), EDEADLK);
    pthread_mutex_lock(&normal);
    CHECK_EQ(call(lock_late, &normal), 1);
    CHECK_EQ(pthread_mutex_timedlock(&checked, &wrong_time), EDEADLK);
    pthread_mutex_unlock(&normal);
    CHECK_EQ(pthread_mutex_timedlock(&normal, &wrong_time), 0); /* it need not wait */
}

static void check_robust(void)
{
    pthread_mutex_t mutex, other;
    make_mutex(&mutex, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    make_mutex(&other, PTHREAD_MUTEX_NORMAL, PTHREAD_MUTEX_ROBUST);
    CHECK_EQ(pthread_mutex_consistent(&mutex), EINVAL);
    CHECK_EQ(call(lock_and_end, &mutex), 0);
    CHECK_EQ(pthread_mutex_trylock(&mutex), EOWNERDEAD);
    CHECK_EQ(pthread_mutex_consistent(&mutex), 0);
    CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQ(pthread_mutex_lock(&mutex), 0);
    CHECK_EQ(pthread_mutex_lock(&other), 0);
    CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQ(pthread_mutex_unlock(&other), 0);
    CHECK_EQ(call(lock_and_end, &mutex), 0);
    CHECK_EQ(call(lock_and_end, &mutex), EOWNERDEAD); /* the next owner ends, too */
    CHECK_EQ(pthread_mutex_lock(&mutex), EOWNERDEAD);
    CHECK_EQ(pthread_mutex_unlock(&mutex), 0);
    CHECK_EQ(pthread_mutex_lock(&mutex), ENOTRECOVERABLE);
    CHECK_EQ(pthread_mutex_trylock(&mutex), ENOTRECOVERABLE);
    CHECK_EQ(pthread_mutex_destroy(&mutex), 0);
}

/* A process that is killed while it holds a mutex that another waits for. */
static void check_shared(void)
{
    struct shared {
        pthread_mutex_t mutex;
        sem_t locked;
    } *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    pthread_mutexattr_t attr;
    int got;
    pthread_mutexattr_init(&attr);
    CHECK_EQ(pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED), 0);
    pthread_mutexattr_getpshared(&attr, &got);
    CHECK_EQ(got, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_init(&shared->mutex, &attr);
    sem_init(&shared->locked, 1, 0);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        pthread_mutex_lock(&shared->mutex);
        sem_post(&shared->locked);
        for (;;)
            pause();
    }
    sem_wait(&shared->locked);
    CHECK_EQ(pthread_mutex_trylock(&shared->mutex), EBUSY);
    kill(child, SIGKILL);
    CHECK_EQ(pthread_mutex_lock(&shared->mutex), EOWNERDEAD);
    waitpid(child, NULL, 0);
    CHECK_EQ(pthread_mutex_consistent(&shared->mutex), 0);
    CHECK_EQ(pthread_mutex_unlock(&shared->mutex), 0);
    munmap(shared, 4096);
}

/* ---- Condition variables, locks for readers and writers, barriers, spin locks */

static struct {
    pthread_mutex_t mutex;
    pthread_cond_t cond;
    int waiting, go, woken;
} box = {PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, 0};

static void *wait_in_box(void *arg)
{
    pthread_mutex_lock(&box.mutex);
    box.waiting++;
    while (box.go == 0)
        pthread_cond_wait(&box.cond, &box.mutex);
    box.go--;
    box.woken++;
    pthread_mutex_unlock(&box.mutex);
    return arg;
}

static void check_conditions(void)
{
    pthread_t threads[N];
    pthread_condattr_t attr;
    pthread_cond_t cond;
    clockid_t clock;
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, wait_in_box, NULL);
    for (bool all = false; !all; sched_yield()) {
        pthread_mutex_lock(&box.mutex);
        all = box.waiting == N;
        pthread_mutex_unlock(&box.mutex);
    }
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&box.mutex);
        box.go++;
        pthread_cond_signal(&box.cond);
        pthread_mutex_unlock(&box.mutex);
    }
    pthread_mutex_lock(&box.mutex);
    box.go += N - 2;
    pthread_cond_broadcast(&box.cond);
    pthread_mutex_unlock(&box.mutex);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(box.woken, N);
    pthread_condattr_init(&attr);
    CHECK_EQ(pthread_condattr_setclock(&attr, CLOCK_PROCESS_CPUTIME_ID), EINVAL);
    CHECK_EQ(pthread_condattr_setclock(&attr, CLOCK_MONOTONIC), 0);
    CHECK_EQ(pthread_condattr_getclock(&attr, &clock), 0);
    CHECK_EQ(clock, CLOCK_MONOTONIC);
    CHECK_EQ(pthread_cond_init(&cond, &attr), 0);
    pthread_mutex_lock(&box.mutex);
    struct timespec soon = in_ms(CLOCK_MONOTONIC, 5);
    CHECK_EQ(pthread_cond_timedwait(&cond, &box.mutex, &soon), ETIMEDOUT);
    CHECK_EQ(pthread_cond_timedwait(&cond, &box.mutex, &wrong_time), EINVAL);
    soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_EQ(pthread_cond_clockwait(&cond, &box.mutex, CLOCK_REALTIME, &soon), ETIMEDOUT);
    CHECK_EQ(pthread_mutex_trylock(&box.mutex), EBUSY); /* a wait that fails has it again */
    CHECK_EQ(pthread_cond_signal(&cond) + pthread_cond_broadcast(&cond), 0);
    pthread_mutex_unlock(&box.mutex);
    CHECK_EQ(pthread_cond_destroy(&cond), 0);
}

static void *try_read(void *arg)
{
    int error = pthread_rwlock_tryrdlock(arg);
    if (error == 0)
        pthread_rwlock_unlock(arg);
    return (void *)(long)error;
}

static void *try_write(void *arg)
{
    int error = pthread_rwlock_trywrlock(arg);
    if (error == 0)
        pthread_rwlock_unlock(arg);
    return (void *)(long)error;
}

static void *read_and_write_late(void *arg)
{
    struct timespec soon = in_ms(CLOCK_MONOTONIC, 5);
    bool right = pthread_rwlock_timedrdlock(arg, &long_ago) == ETIMEDOUT &&
                 pthread_rwlock_timedwrlock(arg, &long_ago) == ETIMEDOUT &&
                 pthread_rwlock_clockrdlock(arg, CLOCK_MONOTONIC, &soon) == ETIMEDOUT &&
                 pthread_rwlock_clockwrlock(arg, CLOCK_MONOTONIC, &soon) == ETIMEDOUT &&
                 pthread_rwlock_timedrdlock(arg, &wrong_time) == EINVAL;
    return (void *)(long)right;
}

static void *write_it(void *arg)
{
    int error = pthread_rwlock_wrlock(arg);
    return (void *)(long)(error ? error : pthread_rwlock_unlock(arg));
}

static void check_rwlocks(void)
{
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    pthread_t writer;
    void *result;
    CHECK_EQ(pthread_rwlock_rdlock(&lock), 0);
    CHECK_EQ(pthread_rwlock_rdlock(&lock), 0);
    CHECK_EQ(call(try_read, &lock), 0);
    CHECK_EQ(call(try_write, &lock), EBUSY);
    pthread_create(&writer, NULL, write_it, &lock);
    CHECK_EQ(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQ(call(try_write, &lock), EBUSY);
    CHECK_EQ(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQ(pthread_join(writer, &result), 0);
    CHECK_EQ(result, 0);
    CHECK_EQ(pthread_rwlock_wrlock(&lock), 0);
    CHECK_EQ(pthread_rwlock_wrlock(&lock), EDEADLK);
    CHECK_EQ(pthread_rwlock_rdlock(&lock), EDEADLK);
    CHECK_EQ(call(try_read, &lock), EBUSY);
    CHECK_EQ(call(try_write, &lock), EBUSY);
    CHECK_EQ(call(read_and_write_late, &lock), 1);
    CHECK_EQ(pthread_rwlock_unlock(&lock), 0);
    CHECK_EQ(call(try_write, &lock), 0);
    CHECK_EQ(pthread_rwlock_destroy(&lock), 0);
}

static pthread_barrier_t barrier;
static int serials, met[50];

static void *meet(void *arg)
{
    bool right = true;
    for (int i = 0; i < 50; i++) {
        __atomic_add_fetch(&met[i], 1, __ATOMIC_SEQ_CST);
        int result = pthread_barrier_wait(&barrier);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD)
            __atomic_add_fetch(&serials, 1, __ATOMIC_SEQ_CST);
        right &= __atomic_load_n(&met[i], __ATOMIC_SEQ_CST) == N;
    }
    return arg ? arg : (void *)(long)right;
}

static void check_barriers(void)
{
    pthread_t threads[N];
    bool all = true;
    CHECK_EQ(pthread_barrier_init(&barrier, NULL, 0), EINVAL);
    CHECK_EQ(pthread_barrier_init(&barrier, NULL, N), 0);
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, meet, NULL);
    for (int i = 0; i < N; i++) {
        void *result;
        pthread_join(threads[i], &result);
        all &= result == (void *)1;
    }
    CHECK(all);
    CHECK_EQ(serials, 50);
    CHECK_EQ(pthread_barrier_destroy(&barrier), 0);
}

static pthread_spinlock_t spin;
static long spun;

static void *spin_often(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        pthread_spin_lock(&spin);
        spun++;
        pthread_spin_unlock(&spin);
    }
    return arg;
}

static void check_spin(void)
{
    pthread_t threads[N];
    CHECK_EQ(pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, spin_often, NULL);
    for (int i = 0; i < N; i++)
        pthread_join(threads[i], NULL);
    CHECK_EQ(spun, N * 2000);
    CHECK_EQ(pthread_spin_trylock(&spin), 0);
    CHECK_EQ(pthread_spin_trylock(&spin), EBUSY);
    CHECK_EQ(pthread_spin_unlock(&spin), 0);
    CHECK_EQ(pthread_spin_destroy(&spin), 0);
}

/* ---- Once, keys, cleanup */

static pthread_once_t once = PTHREAD_ONCE_INIT;
static int n_once;

static void count_once(void)
{
    struct timespec rest = {0, 5000000};
    nanosleep(&rest, NULL);
    n_once++;
}

static void *call_it_once(void *arg)
{
    pthread_once(&once, count_once);
    return arg ? arg : (void *)(long)n_once;
}

static pthread_key_t key, again_key;
static int destroyed, rounds;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static void store_again(void *value)
{
    rounds++;
    pthread_setspecific(again_key, value);
}

static void *use_keys(void *arg)
{
    bool fresh = !pthread_getspecific(key);
    pthread_setspecific(key, arg);
    pthread_setspecific(again_key, arg);
    return (void *)(long)(fresh && pthread_getspecific(key) == arg);
}

static void check_once_and_keys(void)
{
    pthread_t threads[N];
    int value = 3;
    bool all = true;
    for (int i = 0; i < N; i++)
        pthread_create(&threads[i], NULL, call_it_once, NULL);
    for (int i = 0; i < N; i++) {
        void *result;
        pthread_join(threads[i], &result);
        all &= result == (void *)1;
    }
    CHECK(all);
    CHECK_EQ(pthread_key_create(&key, destroy), 0);
    CHECK_EQ(pthread_key_create(&again_key, store_again), 0);
    CHECK_EQ(pthread_setspecific(key, &n_once), 0);
    CHECK_EQ(call(use_keys, &value), 1);
    CHECK_EQ(destroyed, 3);
    CHECK_EQ(rounds, PTHREAD_DESTRUCTOR_ITERATIONS);
    CHECK(pthread_getspecific(key) == &n_once);
    CHECK_EQ(pthread_key_delete(key), 0);
    CHECK_EQ(pthread_key_delete(key), EINVAL);
    CHECK_EQ(pthread_setspecific(key, &value), EINVAL);
    CHECK_EQ(pthread_key_create(&key, NULL), 0);
    CHECK(!pthread_getspecific(key)); /* a new key has no value, also under an old number */
    pthread_key_t more;
    int n = 0;
    while (n < 100000 && pthread_key_create(&more, NULL) == 0)
        n++;
    CHECK(n >= 100 && n < 100000);
    CHECK_EQ(pthread_key_create(&more, NULL), EAGAIN);
}

static char order[8];

static void append(void *arg)
{
    strcat(order, arg);
}

static void *clean_up(void *arg)
{
    pthread_cleanup_push(append, "1");
    pthread_cleanup_push(append, "2");
    pthread_cleanup_push(append, "3");
    pthread_cleanup_pop(0);
    pthread_cleanup_push(append, "4");
    pthread_cleanup_pop(1);
    pthread_exit(arg);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
    return NULL;
}

/* ---- Semaphores */

static void check_semaphores(void)
{
    sem_t sem;
    int value;
    struct timespec soon = in_ms(CLOCK_REALTIME, 5);
    CHECK_ERR(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1), EINVAL);
    CHECK_OK(sem_init(&sem, 0, 2));
    CHECK_OK(sem_wait(&sem));
    CHECK_OK(sem_trywait(&sem));
    CHECK_ERR(sem_trywait(&sem), EAGAIN);
    CHECK_ERR(sem_timedwait(&sem, &soon), ETIMEDOUT);
    CHECK_ERR(sem_timedwait(&sem, &wrong_time), EINVAL);
    CHECK_OK(sem_post(&sem));
    CHECK_OK(sem_getvalue(&sem, &value));
    CHECK_EQ(value, 1);
    CHECK_OK(sem_init(&sem, 0, SEM_VALUE_MAX));
    CHECK_ERR(sem_post(&sem), EOVERFLOW);
    CHECK_OK(sem_destroy(&sem));
}

static void check_named_semaphores(void)
{
    char name[32];
    int value, status;
    snprintf(name, sizeof name, "/ouros-%d", (int)getpid());
    CHECK_ERR(sem_open(name, 0) == SEM_FAILED ? -1 : 0, ENOENT);
    CHECK_ERR(sem_open("/", O_CREAT, 0600, 1) == SEM_FAILED ? -1 : 0, EINVAL);
    CHECK_ERR(sem_open("/a/b", O_CREAT, 0600, 1) == SEM_FAILED ? -1 : 0, EINVAL);
    sem_t *sem = sem_open(name, O_CREAT, 0600, 1);
    CHECK(sem != SEM_FAILED);
    CHECK(sem_open(name, O_CREAT, 0600, 5) == sem);
    CHECK_ERR(sem_open(name, O_CREAT | O_EXCL, 0600, 1) == SEM_FAILED ? -1 : 0, EEXIST);
    CHECK_OK(sem_wait(sem));
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        sem_t *same = sem_open(name, 0);
        _exit(same == SEM_FAILED || sem_post(same) < 0);
    }
    CHECK_OK(sem_wait(sem));
    waitpid(child, &status, 0);
    CHECK_EQ(status, 0);
    CHECK_OK(sem_unlink(name));
    CHECK_ERR(sem_unlink(name), ENOENT);
    CHECK_OK(sem_post(sem));
    CHECK_OK(sem_getvalue(sem, &value));
    CHECK_EQ(value, 1);
    CHECK_OK(sem_close(sem));
    CHECK_OK(sem_close(sem));
}

/* ---- <threads.h> */

static mtx_t mtx;
static cnd_t cnd;
static int turn;

static int play(void *arg)
{
    mtx_lock(&mtx);
    while (turn != 1)
        cnd_wait(&cnd, &mtx);
    turn = 2;
    cnd_broadcast(&cnd);
    mtx_unlock(&mtx);
    return *(int *)arg;
}

static int exit_negative(void *arg)
{
    (void)arg;
    thrd_exit(-5);
}

static void check_c11(void)
{
    static once_flag flag = ONCE_FLAG_INIT;
    thrd_t thread;
    tss_t tss;
    int argument = -77, result = 0;
    n_once = 0;
    CHECK_EQ(mtx_init(&mtx, mtx_plain | mtx_timed), thrd_success);
    CHECK_EQ(cnd_init(&cnd), thrd_success);
    CHECK_EQ(thrd_create(&thread, play, &argument), thrd_success);
    mtx_lock(&mtx);
    turn = 1;
    cnd_signal(&cnd);
    while (turn != 2)
        cnd_wait(&cnd, &mtx);
    CHECK_EQ(mtx_trylock(&mtx), thrd_busy);
    CHECK_EQ(mtx_timedlock(&mtx, &long_ago), thrd_timedout);
    CHECK_EQ(cnd_timedwait(&cnd, &mtx, &long_ago), thrd_timedout);
    mtx_unlock(&mtx);
    CHECK_EQ(thrd_join(thread, &result), thrd_success);
    CHECK_EQ(result, -77);
    CHECK_EQ(thrd_create(&thread, exit_negative, NULL), thrd_success);
    CHECK_EQ(thrd_join(thread, &result), thrd_success);
    CHECK_EQ(result, -5);
    call_once(&flag, count_once);
    call_once(&flag, count_once);
    CHECK_EQ(n_once, 1);
    pthread_key_delete(key);
    CHECK_EQ(tss_create(&tss, NULL), thrd_success);
    CHECK_EQ(tss_set(tss, &tss), thrd_success);
    CHECK(tss_get(tss) == &tss);
    tss_delete(tss);
    CHECK(thrd_equal(thrd_current(), thrd_current()));
    CHECK_EQ(thrd_sleep(&(struct timespec){0, 1000}, NULL), 0);
    CHECK(thrd_sleep(&wrong_time, NULL) < -1);
    thrd_yield();
    mtx_destroy(&mtx);
    cnd_destroy(&cnd);
    CHECK_EQ(mtx_init(&mtx, mtx_recursive), thrd_success);
    CHECK_EQ(mtx_lock(&mtx) + mtx_lock(&mtx), 2 * thrd_success);
}

int main(void)
{
    check_threads();
    check_detach();
    check_attributes();
    check_guard();
    check_ends();
    check_names();
    check_signals();
    check_mutexes();
    check_robust();
    check_shared();
    check_conditions();
    check_rwlocks();
    check_barriers();
    check_spin();
    check_once_and_keys();
    CHECK_EQ(call(clean_up, NULL), 0);
    CHECK_STR(order, "421");
    check_semaphores();
    check_named_semaphores();
    check_c11();
    return check_done();
}

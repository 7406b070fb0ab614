/* set_robust_list: what waits for a lock of a thread that has ended, or executes another
 * program, is told.
 * needs: procfs futex */
/* SPDX-License-Identifier: MIT */
#include <stddef.h>

#include "helpers.h"

enum { WAIT = 0, LIST_BYTES = 24, WAITERS = 1u << 31, OWNER_DIED = 1u << 30 };

/* As Linux lays them out: a ring through the head; the lock's word lies `offset` from its link. */
struct lock {
    struct lock *next;
    unsigned word;
};
struct list {
    struct lock *first;
    long offset;
    struct lock *pending; /* one that is being taken or given back */
};

/* Shared with the children. */
static struct shared {
    struct list list;
    struct lock locks[4];
} * shared;

static long set_robust_list(const void *list, size_t bytes)
{
    return syscall(SYS_set_robust_list, list, bytes);
}

static struct lock *end_of_list(void)
{
    return (struct lock *)&shared->list; /* the ring closes in the head */
}

/* A list of the first n locks, none of them held, registered for this thread. */
static void begin_list(int n)
{
    memset(shared, 0, sizeof *shared);
    shared->list.offset = offsetof(struct lock, word);
    shared->list.first = n ? shared->locks : end_of_list();
    for (int i = 0; i < n; i++)
        shared->locks[i].next = i + 1 < n ? &shared->locks[i + 1] : end_of_list();
    CHILD_REQUIRE(set_robust_list(&shared->list, LIST_BYTES) == 0);
}

static void check_errors(void)
{
    CHECK_ERR(set_robust_list(&shared->list, LIST_BYTES - 1), EINVAL);
    CHECK_ERR(set_robust_list(&shared->list, 0), EINVAL);
    CHECK_CHILD("the list is only looked at in the end",
                { CHILD_REQUIRE(set_robust_list(BAD_KERNEL, LIST_BYTES) == 0); });
}

static void check_exit(void)
{
    CHECK_CHILD("a process that ends with locks held", {
        begin_list(3);
        shared->locks[0].word = (unsigned)getpid();
        shared->locks[1].word = (unsigned)getpid() + 1;
        shared->locks[2].word = (unsigned)getpid() | WAITERS;
    });
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
    CHECK((shared->locks[1].word & OWNER_DIED) == 0);
    CHECK_EQ(shared->locks[2].word, OWNER_DIED | WAITERS);
}

static void check_killed(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        begin_list(1);
        shared->locks[0].word = (unsigned)getpid();
        raise(SIGKILL);
    }
    waitpid(child, NULL, 0);
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
}

static void check_pending(void)
{
    CHECK_CHILD("a process that ends while it takes a lock", {
        begin_list(0);
        shared->list.pending = &shared->locks[3];
        shared->locks[3].word = (unsigned)getpid();
    });
    CHECK_EQ(shared->locks[3].word, OWNER_DIED);
    CHECK_CHILD("and one that is in the list too", {
        begin_list(2);
        shared->list.pending = &shared->locks[0];
        shared->locks[0].word = shared->locks[1].word = (unsigned)getpid();
    });
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
    CHECK_EQ(shared->locks[1].word, OWNER_DIED);
}

/* The kernel walks what the program left there, whatever that is. */
static void check_broken_lists(void)
{
    CHECK_CHILD("a ring that does not come back to its head", {
        begin_list(2);
        shared->locks[1].next = &shared->locks[0];
        shared->locks[0].word = (unsigned)getpid();
    });
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
    CHECK_CHILD("a link to where no memory is", {
        begin_list(2);
        shared->locks[0].next = BAD_HOLE;
        shared->locks[0].word = shared->locks[1].word = (unsigned)getpid();
    });
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
    CHECK((shared->locks[1].word & OWNER_DIED) == 0);
    CHECK_CHILD("a word that is not aligned", {
        begin_list(2);
        shared->list.offset++;
        shared->locks[0].word = (unsigned)getpid();
    });
    CHECK((shared->locks[0].word & OWNER_DIED) == 0);
}

/* A child that sleeps until the lock's owner is gone, and ends with 0 if it was woken for that. */
static pid_t waiter_for(struct lock *lock, unsigned value)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct timespec long_time = {20, 0};
        while (lock->word == value &&
               syscall(SYS_futex, &lock->word, WAIT, value, &long_time, NULL, 0) < 0 &&
               errno == EINTR)
            ;
        _exit(lock->word == (OWNER_DIED | WAITERS) ? 0 : 1);
    }
    return child;
}

static void check_wakes(void)
{
    int status = -1, p[2];
    char byte;
    CHECK_OK(pipe(p));
    fflush(stdout);
    pid_t owner = fork();
    if (owner == 0) {
        close(p[1]);
        begin_list(1);
        shared->locks[0].word = (unsigned)getpid() | WAITERS;
        read(p[0], &byte, 1); /* until the pipe has no writer */
        _exit(0);
    }
    while (shared->locks[0].word != ((unsigned)owner | WAITERS))
        usleep(1000);
    close(p[0]);
    pid_t waiter = fork();
    if (waiter == 0) {
        close(p[1]);
        pid_t inner = waiter_for(&shared->locks[0], (unsigned)owner | WAITERS);
        waitpid(inner, &status, 0);
        _exit(status == 0 ? 0 : 1);
    }
    usleep(20000); /* so that it sleeps, most times */
    close(p[1]);
    CHECK_EQ(waitpid(owner, NULL, 0), owner);
    CHECK_EQ(waitpid(waiter, &status, 0), waiter);
    CHECK_EQ(status, 0);
}

static void check_exec(char *self)
{
    char *words[] = {self, "again", NULL};
    CHECK_CHILD("a process that executes a program with a lock held", {
        begin_list(1);
        shared->locks[0].word = (unsigned)getpid();
        execv("/proc/self/exe", words);
        _exit(1);
    });
    CHECK_EQ(shared->locks[0].word, OWNER_DIED);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        return 0;
    shared = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    check_errors();
    check_exit();
    check_killed();
    check_pending();
    check_broken_lists();
    check_wakes();
    check_exec(argv[0]);
    return check_done();
}

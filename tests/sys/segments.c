/* Segment registers belong to their thread: what a program loads into FS, GS, DS or ES is not seen
 * by another, and does not change another's bases.
 * needs: procfs */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sched.h>

enum { DATA = 0x2b, ROUNDS = 3000 };
enum { ARCH_SET_GS = 0x1001, ARCH_SET_FS, ARCH_GET_FS, ARCH_GET_GS };

static uint64_t selectors(void)
{
    uint16_t ds, es, fs, gs;
    __asm__ volatile("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    return ds | (uint64_t)es << 16 | (uint64_t)fs << 32 | (uint64_t)gs << 48;
}

static void load_all(uint16_t selector)
{
    __asm__ volatile("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" ::"r"(selector));
}

#define ALL_DATA (DATA | (uint64_t)DATA << 16 | (uint64_t)DATA << 32 | (uint64_t)DATA << 48)

/* What FS and GS point to, by reading through them: 0 where the base is not `at`. */
static uint64_t through_fs(void)
{
    uint64_t value;
    __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
    return value;
}

static uint64_t through_gs(void)
{
    uint64_t value;
    __asm__ volatile("mov %%gs:0, %0" : "=r"(value));
    return value;
}

static uint64_t word[2] = {4711, 42};

static int set_base(int which, const void *at)
{
    return (int)syscall(SYS_arch_prctl, which, at);
}

/* Reads through both bases again and again while another process runs; a base that was lost is a
 * fault or a wrong value. */
static int reads_through_bases(void)
{
    if (set_base(ARCH_SET_FS, &word[0]) || set_base(ARCH_SET_GS, &word[1]))
        return 2;
    for (int i = 0; i < ROUNDS; i++) {
        if (through_fs() != 4711 || through_gs() != 42 || selectors() != 0)
            return 1;
        sched_yield();
    }
    return 0;
}

/* Has the same numbers as its bases, and destroys the real ones by loading a selector each time. */
static _Noreturn void load_for_ever(uint16_t selector)
{
    set_base(ARCH_SET_FS, &word[0]);
    set_base(ARCH_SET_GS, &word[1]);
    for (;;) {
        load_all(selector);
        sched_yield();
    }
}

static void check_attack(uint16_t selector)
{
    pid_t attackers[3], victim;
    fflush(stdout);
    for (int i = 0; i < 3; i++)
        if ((attackers[i] = fork()) == 0)
            load_for_ever(selector);
    if ((victim = fork()) == 0)
        _exit(reads_through_bases());
    int status = status_of(victim);
    CHECK(status == 0);
    for (int i = 0; i < 3; i++) {
        kill(attackers[i], SIGKILL);
        status_of(attackers[i]);
    }
}

static int keeps_selectors(void)
{
    load_all(DATA);
    for (int i = 0; i < ROUNDS; i++) {
        if (selectors() != ALL_DATA)
            return 1;
        sched_yield();
    }
    return 0;
}

/* Selectors stay with the process that loaded them, and others keep the null selectors. */
static void check_own(void)
{
    pid_t with[2], without[2];
    int wrong = 0;
    fflush(stdout);
    for (int i = 0; i < 2; i++) {
        if ((with[i] = fork()) == 0)
            _exit(keeps_selectors());
        if ((without[i] = fork()) == 0)
            _exit(reads_through_bases());
    }
    for (int i = 0; i < 2; i++)
        wrong += (status_of(with[i]) != 0) + (status_of(without[i]) != 0);
    CHECK_EQ(wrong, 0);
}

/* A child has its parent's, a new program none. */
static void check_fork_and_exec(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        load_all(DATA);
        pid_t grandchild = (pid_t)syscall(SYS_fork); /* the library's fork needs FS */
        if (grandchild == 0)
            _exit(selectors() == ALL_DATA ? 0 : 1);
        if (status_of(grandchild) != 0)
            _exit(2);
        execl("/proc/self/exe", "segments", "fresh", NULL);
        _exit(3);
    }
    CHECK_EQ(status_of(child), 0);
}

/* arch_prctl sets a base together with the null selector. */
static int sets_base(void)
{
    uint64_t base = 1;
    load_all(DATA);
    if (set_base(ARCH_GET_FS, &base) || base != 0)
        return 1;
    if (set_base(ARCH_SET_FS, &word[0]) || set_base(ARCH_SET_GS, &word[1]))
        return 2;
    if (selectors() != (DATA | (uint64_t)DATA << 16))
        return 3;
    if (set_base(ARCH_GET_GS, &base) || base != (uint64_t)&word[1])
        return 4;
    for (int i = 0; i < 100; i++) {
        sched_yield();
        if (through_fs() != 4711 || through_gs() != 42)
            return 5;
    }
    return 0;
}

static void check_set_base(void)
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(sets_base());
    CHECK_EQ(status_of(child), 0);
}

int main(int argc, char **argv)
{
    if (argc == 2 && !strcmp(argv[1], "fresh"))
        return selectors() == 0 ? 0 : 1;
    check_attack(0);
    check_attack(3);
    check_attack(DATA);
    check_own();
    check_fork_and_exec();
    check_set_base();
    return check_done();
}

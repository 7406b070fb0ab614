/* Long calls about memory that is spread thinly, so that tables cost more than pages, and about
 * objects that many areas share. */
/* SPDX-License-Identifier: MIT */
#include <sys/prctl.h>
#include "latency.h"

/* So many pages are touched, each with a table of its own, or with two. */
enum { N_TABLES = 12000, N_DEEP = 9000, N_EMPTY = 60000 };
#define TABLE_SPAN (2 * MB)
#define DEEP_SPAN  (1024 * MB)

/* A mapping of which one page in each `step` is in memory. */
static char *thin(size_t n, size_t step)
{
    char *at = map(n * step, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (size_t i = 0; i < n; i++)
        at[i * step] = 1;
    return at;
}

static void do_mprotect_thin(void)
{
    char *at = thin(N_TABLES, TABLE_SPAN);
    measure();
    MUST(mprotect(at, N_TABLES * TABLE_SPAN, PROT_READ));
    measured();
}

static void do_munmap_thin(void)
{
    char *at = thin(N_TABLES, TABLE_SPAN);
    measure();
    MUST(munmap(at, N_TABLES * TABLE_SPAN));
    measured();
}

/* One page higher, so that no table can be moved as a whole. */
static void do_mremap_thin(void)
{
    char *at = thin(N_TABLES, TABLE_SPAN);
    char *to = map((N_TABLES + 1) * TABLE_SPAN, PROT_READ, MAP_PRIVATE) + PAGE;
    size_t n = N_TABLES * TABLE_SPAN;
    measure();
    if (mremap(at, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, to) != to)
        die("mremap");
    measured();
}

static void do_mprotect_deep(void)
{
    char *at = thin(N_DEEP, DEEP_SPAN);
    measure();
    MUST(mprotect(at, N_DEEP * DEEP_SPAN, PROT_READ));
    measured();
}

static void do_munmap_deep(void)
{
    char *at = thin(N_DEEP, DEEP_SPAN);
    measure();
    MUST(munmap(at, N_DEEP * DEEP_SPAN));
    measured();
}

static void do_drop_deep(void)
{
    char *at = thin(N_DEEP, DEEP_SPAN);
    measure();
    MUST(madvise(at, N_DEEP * DEEP_SPAN, MADV_DONTNEED));
    measured();
}

static void do_map_over_deep(void)
{
    char *at = thin(N_DEEP, DEEP_SPAN);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE;
    measure();
    if (mmap(at, N_DEEP * DEEP_SPAN, PROT_READ, flags, -1, 0) != at)
        die("map");
    measured();
}

static void do_exit_deep(void)
{
    thin(N_DEEP, DEEP_SPAN);
    measure();
    _exit(0);
}

static void do_status_deep(void)
{
    thin(N_DEEP, DEEP_SPAN);
    do_read("/proc/self/status");
}

static void do_smaps_deep(void)
{
    thin(N_DEEP, DEEP_SPAN);
    do_read("/proc/self/smaps");
}

/* Tables that have nothing in them any more: those of pages are gone, those above are left. */
static char *hollow(void)
{
    char *at = map(N_EMPTY * DEEP_SPAN, PROT_READ | PROT_WRITE, MAP_PRIVATE);
    for (size_t i = 0; i < N_EMPTY; i++) {
        at[i * DEEP_SPAN] = 1;
        MUST(madvise(at + i * DEEP_SPAN, TABLE_SPAN, MADV_DONTNEED));
    }
    return at;
}

static void do_munmap_hollow(void)
{
    char *at = hollow();
    measure();
    MUST(munmap(at, N_EMPTY * DEEP_SPAN));
    measured();
}

static void do_mprotect_hollow(void)
{
    char *at = hollow();
    measure();
    MUST(mprotect(at, N_EMPTY * DEEP_SPAN, PROT_READ));
    measured();
}

static void do_drop_hollow(void)
{
    char *at = hollow();
    measure();
    MUST(madvise(at, N_EMPTY * DEEP_SPAN, MADV_DONTNEED));
    measured();
}

static void do_mremap_hollow(void)
{
    char *at = hollow();
    size_t n = 20000 * DEEP_SPAN;
    measure();
    if (mremap(at, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, at + 2 * n) != at + 2 * n)
        die("mremap");
    measured();
}

static void do_exit_hollow(void)
{
    hollow();
    measure();
    _exit(0);
}

static void do_status_hollow(void)
{
    hollow();
    do_read("/proc/self/status");
}

static void do_score_hollow(void)
{
    hollow();
    do_read("/proc/self/oom_score");
}

static char *shared_memory(size_t n)
{
    char *at = map(n, PROT_READ | PROT_WRITE, MAP_SHARED);
    for (size_t i = 0; i < n; i += PAGE)
        at[i] = 1;
    return at;
}

static void do_munmap_shared(void)
{
    char *at = shared_memory(350 * MB);
    measure();
    MUST(munmap(at, 350 * MB));
    measured();
}

static void do_exit_shared(void)
{
    shared_memory(350 * MB);
    measure();
    _exit(0);
}

/* The seal looks at all areas of all processes that map the memory. */
static void do_seal(void)
{
    int fd = memfd_create("m", MFD_ALLOW_SEALING);
    MUST(fd);
    MUST(ftruncate(fd, PAGE));
    for (int i = 0; i < 15000; i++)
        if (mmap(NULL, PAGE, i % 2 ? PROT_READ : PROT_NONE, MAP_PRIVATE, fd, 0) == MAP_FAILED)
            die("map");
    fork_many(20, pause_for_ever);
    wait_ready(20);
    measure();
    MUST(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE));
    measured();
}

static void do_core(void)
{
    struct rlimit any = {RLIM_INFINITY, RLIM_INFINITY};
    MUST(setrlimit(RLIMIT_CORE, &any));
    MUST(syscall(SYS_prctl, PR_SET_DUMPABLE, 1)); /* setuid has forbidden it */
    thin(N_TABLES, TABLE_SPAN);
    measure();
    abort();
}

/* Maps, touches and unmaps a page again and again beside so many areas. */
static void map_beside(size_t n_areas)
{
    char *at = map(n_areas * PAGE, PROT_NONE, MAP_PRIVATE);
    for (size_t i = 0; i < n_areas; i += 2)
        MUST(mprotect(at + i * PAGE, PAGE, PROT_READ));
    measure();
    for (int i = 0; i < 1000; i++) {
        char *page = map(PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE);
        *page = 1;
        MUST(munmap(page, PAGE));
    }
    measured();
}

static void do_map_beside_few(void)
{
    map_beside(10);
}

static void do_map_beside_many(void)
{
    map_beside(60000);
}

static const struct row rows[] = {
    {"mprotect of 12,000 pages 2 MB apart", do_mprotect_thin, NULL},
    {"munmap of 12,000 pages 2 MB apart", do_munmap_thin, NULL},
    {"mremap of 12,000 pages 2 MB apart", do_mremap_thin, NULL},
    {"mprotect of 9,000 pages 1 GB apart", do_mprotect_deep, NULL},
    {"munmap of 9,000 pages 1 GB apart", do_munmap_deep, NULL},
    {"MADV_DONTNEED of 9,000 pages 1 GB apart", do_drop_deep, NULL},
    {"mmap over 9,000 pages 1 GB apart", do_map_over_deep, NULL},
    {"exit with 9,000 pages 1 GB apart", do_exit_deep, NULL},
    {"read of /proc/self/status with 9,000 pages 1 GB apart", do_status_deep, NULL},
    {"read of /proc/self/smaps with 9,000 pages 1 GB apart", do_smaps_deep, NULL},
    {"munmap of 60,000 empty tables", do_munmap_hollow, NULL},
    {"mprotect of 60,000 empty tables", do_mprotect_hollow, NULL},
    {"MADV_DONTNEED of 60,000 empty tables", do_drop_hollow, NULL},
    {"mremap of 20,000 empty tables over as many", do_mremap_hollow, NULL},
    {"exit with 60,000 empty tables", do_exit_hollow, NULL},
    {"read of /proc/self/status with 60,000 empty tables", do_status_hollow, NULL},
    {"read of /proc/self/oom_score with 60,000 empty tables", do_score_hollow, NULL},
    {"munmap of 350 MB of shared memory", do_munmap_shared, NULL},
    {"exit with 350 MB of shared memory", do_exit_shared, NULL},
    {"a seal of memory that 21 processes map 15,000 times each", do_seal, NULL},
    {"1,000 pages are mapped, touched and unmapped beside 10 areas", do_map_beside_few, NULL},
    {"1,000 pages are mapped, touched and unmapped beside 60,000 areas", do_map_beside_many, NULL},
    {"a core of 12,000 pages 2 MB apart", do_core, NULL},
};
const struct rows memory_rows = {rows, sizeof(rows) / sizeof(rows[0])};

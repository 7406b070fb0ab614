/* Page faults, each kind touched page by page in sequence, and mappings made and removed. */
/* SPDX-License-Identifier: MIT */
#include "bench.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGES = 1024, PAGE = 4096, BYTES = PAGES * PAGE };

static char *area;
static int file = -1;

static char *map(int flags, int fd)
{
    char *at = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, flags, fd, 0);
    return at == MAP_FAILED ? fail("mmap"), at : at;
}

static void map_fresh(long size)
{
    (void)size;
    area = map(MAP_PRIVATE | MAP_ANONYMOUS, -1);
}

static void unmap(long size)
{
    (void)size;
    MUST(munmap(area, BYTES));
}

static void write_pages(long n)
{
    for (long i = 0; i < n; i++)
        area[i * PAGE] = 1;
}

static void read_pages(long n)
{
    for (long i = 0; i < n; i++)
        (void)*(volatile char *)&area[i * PAGE];
}

/* A file that has all its pages, mapped to be read. */
static void map_file(long size)
{
    static char page[PAGE];
    (void)size;
    file = open("mapped", O_CREAT | O_RDWR, 0666);
    MUST(file);
    for (int i = 0; i < PAGES; i++)
        if (write(file, page, PAGE) != PAGE)
            fail("write");
    area = map(MAP_PRIVATE, file);
}

static void unmap_file(long size)
{
    unmap(size);
    close(file);
    MUST(unlink("mapped"));
}

/* Pages that a waiting child has too. */
static int holder = -1, gate[2];

static void share_pages(long size)
{
    char byte;
    map_fresh(size);
    write_pages(PAGES);
    MUST(pipe(gate));
    holder = fork();
    MUST(holder);
    if (holder == 0) {
        close(gate[1]);
        _exit(read(gate[0], &byte, 1));
    }
    close(gate[0]);
}

static void unshare_pages(long size)
{
    close(gate[1]);
    reap(holder);
    unmap(size);
}

static void map_and_unmap(long n)
{
    while (n-- > 0) {
        char *at = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (at == MAP_FAILED)
            fail("mmap");
        MUST(munmap(at, PAGE));
    }
}

static const struct row rows[] = {
    {"fault-anonymous", write_pages, PAGES, map_fresh, unmap, 0, ROW_FIXED},
    {"fault-file", read_pages, PAGES, map_file, unmap_file, 0, ROW_FIXED},
    {"fault-copy", write_pages, PAGES, share_pages, unshare_pages, 0, ROW_FIXED},
    {"mmap+munmap", map_and_unmap, 500, NULL, NULL, 0, 0},
};
const struct group memory_group = {"memory", rows, sizeof(rows) / sizeof(rows[0])};

/* /proc/kcounts: how much of everything the kernel holds, as name and value, so that a test sees a
 * leak; and /proc/slabinfo, which describes small objects in Linux's form. */
/* SPDX-License-Identifier: MIT */
#include "annex/load/load.h"
#include "annex.h"
#include "annex/procfs/nodes.h"

enum { PATIENCE_NS = 1000 * 1000 * 1000 };

/* Frames by use, without those that are free, those of object caches, whose number depends on where
 * objects happened to be, and the kernel's page tables, which stay for the next threads. */
static void add_frames(struct text *text)
{
    struct memory_counts counts;
    memory_count(&counts);
    for (int use = 0; use < N_FRAME_USES; use++)
        if (use != FRAME_FREE && use != FRAME_OBJECTS && use != FRAME_KERNEL_TABLE)
            text_add(text, "frames.%s %lu\n", frame_use_names[use], counts.by_use[use]);
}

static const char *name_of(const struct object_cache *cache)
{
    return strncmp(cache->name, "struct ", 7) == 0 ? cache->name + 7 : cache->name;
}

static void add_cache(const struct object_cache *cache, void *arg)
{
    text_add(arg, "objects.%s %lu\n", name_of(cache), cache->n_live);
}

/* Calls the function for each cache. */
static void for_each_cache(void (*add)(const struct object_cache *cache, void *arg),
                           struct text *text)
{
    for (uint32_t id = 1; id < MAX_CACHES; id++) {
        const struct object_cache *cache = __atomic_load_n(&object_caches[id], __ATOMIC_ACQUIRE);
        if (cache)
            add(cache, text);
    }
}

static void add_inodes(struct text *text)
{
    struct mount_info info;
    for (unsigned i = 0; vfs_mount_at(i, &info); i++)
        text_add(text, "inodes.%s %lu\n", info.fs->type, info.fs->n_inodes);
}

/* The threads that have left their process, or have not joined it yet. */
static uint32_t threads_between(void)
{
    uint32_t load[3], n_running, n_threads;
    struct process *process = NULL;
    sched_load(load, &n_running, &n_threads);
    for (int pid = 0; (process = process_next(pid)); process_unref(process)) {
        pid = process->pid;
        n_threads -= __atomic_load_n(&process->n_threads, __ATOMIC_RELAXED);
    }
    return n_threads;
}

/* Waits until what is ending has ended: a thread whose parent has waited for it may still be on its
 * stack. That takes microseconds. But a busy host may stop a virtual processor in the middle of it,
 * and in a program that goes on starting threads it never comes, so the wait has a limit. */
static void settle(void)
{
    uint64_t patience_ns = clock_ns() + PATIENCE_NS;
    while ((threads_between() || __atomic_load_n(&spaces_ending, __ATOMIC_ACQUIRE)) &&
           clock_ns() < patience_ns)
        cpu_pause();
}

static int text_kcounts(struct text *text, const struct proc_inode *of)
{
    uint32_t load[3], n_running, n_threads;
    (void)of;
    settle();
    memory_trim();
    add_frames(text);
    for_each_cache(add_cache, text);
    add_inodes(text);
    sched_load(load, &n_running, &n_threads);
    text_add(text, "processes %u\nthreads %u\nfiles %lu\n", process_count(), n_threads,
             file_count());
    return 0;
}

/* A slab is one page. An empty one may be kept. There is nothing to tune. */
static void add_slabs(const struct object_cache *cache, void *arg)
{
    uint32_t each = PAGE_SIZE / cache->size;
    text_add(arg, "%-17s %6lu %6lu %6u %4u %4d : tunables %4d %4d %4d", name_of(cache),
             cache->n_live, cache->n_slabs * each, cache->size, each, 1, 0, 0, 0);
    text_add(arg, " : slabdata %6lu %6lu %6d\n", cache->n_slabs - cache->has_empty, cache->n_slabs,
             0);
}

static int text_slabinfo(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "slabinfo - version: 2.1\n# name            <active_objs> <num_objs> <objsize> "
                   "<objperslab> <pagesperslab> : tunables <limit> <batchcount> <sharedfactor> : "
                   "slabdata <active_slabs> <num_slabs> <sharedavail>\n");
    for_each_cache(add_slabs, text);
    return 0;
}

static void start(struct fs_context *fs, const char *command_line)
{
    static struct proc_addition files[] = {
        {.dir = &proc_root_node,
         .node = {.name = "kcounts", .mode = S_IFREG | 0444, .text = text_kcounts}},
        {.dir = &proc_root_node,
         .node = {.name = "slabinfo", .mode = S_IFREG | 0400, .text = text_slabinfo}},
    };
    (void)fs, (void)command_line;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        proc_add(&files[i]);
}

ANNEX(counts, ANNEX_FILES, start);

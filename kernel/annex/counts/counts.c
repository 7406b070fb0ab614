/* /proc/kcounts: how much of everything the kernel holds, as name and value, so that a test sees a
 * leak; and /proc/slabinfo, which describes small objects in Linux's form. */
/* SPDX-License-Identifier: MIT */
#include "annex/load/load.h"
#include "annex.h"
#include "annex/procfs/nodes.h"

static const char *const frame_uses[N_FRAME_USES] = {
    [FRAME_KERNEL] = "kernel", [FRAME_TABLE] = "table", [FRAME_USER] = "user",
    [FRAME_FILE] = "file",     [FRAME_STACK] = "stack", [FRAME_BUFFER] = "buffer",
};

/* Frames by use, without those of object caches, whose number depends on where objects happened to
 * be, and without the kernel's page tables, which stay for the next threads. */
static void add_frames(struct text *text)
{
    struct memory_counts counts;
    memory_count(&counts);
    for (int use = 0; use < N_FRAME_USES; use++)
        if (frame_uses[use])
            text_add(text, "frames.%s %lu\n", frame_uses[use], counts.by_use[use]);
}

static const char *name_of(const struct object_cache *cache)
{
    return strncmp(cache->name, "struct ", 7) == 0 ? cache->name + 7 : cache->name;
}

static void add_cache(const struct object_cache *cache, void *arg)
{
    text_add(arg, "objects.%s %lu\n", name_of(cache), cache->n_live);
}

static void add_inodes(struct text *text)
{
    struct mount_info info;
    for (unsigned i = 0; vfs_mount_at(i, &info); i++)
        text_add(text, "inodes.%s %lu\n", info.fs->type, info.fs->n_inodes);
}

static int text_kcounts(struct text *text, const struct proc_inode *of)
{
    uint32_t load[3], n_running, n_threads;
    (void)of;
    sched_settle();
    memory_trim();
    add_frames(text);
    object_caches_visit(add_cache, text);
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
    object_caches_visit(add_slabs, text);
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

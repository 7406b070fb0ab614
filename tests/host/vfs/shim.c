/* The floors below the vfs for host tests: memory by malloc, checked locks, checked user copies. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "abi/errno.h"
#include "annex/holes/holes.h"
#include "annex/exchange/exchange.h"
#include "annex/files/files.h"
#include "annex/memfd/unnamed.h"
#include "annex/protect/protect.h"
#include "ramfs.h"
#include "shim.h"

long shim_allocations_left = -1;
uint64_t shim_hole_start, shim_hole_end;
int shim_signal;
long shim_frames, shim_objects;

/* ---- The processor: kernel code finds it through GS, which a Linux program may set ---- */

static struct thread main_thread = {.tid = 1};
static struct cpu main_cpu = {.self = &main_cpu, .thread = &main_thread, .lock_mark = 1};

static void report_panic(const char *file, int line, const char *message)
{
    printf("Bail out! panic at %s:%d: %s\n", file, line, message);
    fflush(stdout);
    abort();
}

static void remember_signal(int signal)
{
    shim_signal = signal;
}

static bool go_on(bool wait)
{
    (void)wait;
    return true;
}

static unsigned rights_of_the_kernel(void)
{
    return CALLER_MAY_RESERVE;
}

static void log_nothing(const char *line, size_t length)
{
    (void)line, (void)length;
}

__attribute__((constructor)) static void shim_setup(void)
{
    enum { ARCH_SET_GS = 0x1001 };
    syscall(SYS_arch_prctl, ARCH_SET_GS, &main_cpu);
    hooks.report_panic = report_panic;
    hooks.alloc = kmalloc;
    hooks.free = kfree;
    hooks.raise = remember_signal;
    hooks.resched = go_on;
    hooks.caller_rights = rights_of_the_kernel;
    hooks.log_line = log_nothing;
    ramfs_file_ops.seek = holes_seek;
    annex_hooks.rename_rare = rename_rare;
    annex_hooks.open_unnamed = file_open_unnamed;
    annex_hooks.drop_privileges = files_drop_privileges;
    vfs_guard = &protect_guard;
}

/* ---- Processes: there are none that could be signalled for a file ---- */

bool file_owner_exists(int number)
{
    (void)number;
    return false;
}

void file_signal_owner(const struct file *file, int fd, int code, long band)
{
    (void)file, (void)fd, (void)code, (void)band;
}

/* ---- Memory: contents start as garbage, so that what is read before it is written shows ---- */

static bool allocation_fails(void)
{
    if (shim_allocations_left == 0)
        return true;
    if (shim_allocations_left > 0)
        shim_allocations_left--;
    return false;
}

void *kmalloc(size_t n)
{
    void *block = allocation_fails() ? NULL : malloc(n ? n : 1);
    if (block) {
        memset(block, 0xa5, n);
        shim_objects++;
    }
    return block;
}

void *kzalloc(size_t n)
{
    void *block = kmalloc(n);
    return block ? memset(block, 0, n) : NULL;
}

void kfree(void *block)
{
    shim_objects -= block != NULL;
    free(block);
}

void *object_alloc(struct object_cache *cache)
{
    void *object = kmalloc(cache->size);
    cache->n_live += object != NULL;
    return object;
}

void *object_alloc_zeroed(struct object_cache *cache)
{
    void *object = object_alloc(cache);
    return object ? memset(object, 0, cache->size) : NULL;
}

void object_free(struct object_cache *cache, void *object)
{
    cache->n_live--;
    kfree(object);
}

/* A frame is the second page of its block; the first ends with the reference count. */
static uint32_t *frame_count(paddr_t frame)
{
    return (uint32_t *)phys_to_virt(frame) - 1;
}

paddr_t frame_alloc(enum frame_use use)
{
    (void)use;
    char *block = allocation_fails() ? NULL : aligned_alloc(PAGE_SIZE, 2 * PAGE_SIZE);
    if (!block)
        return 0;
    memset(block + PAGE_SIZE, 0xa5, PAGE_SIZE);
    paddr_t frame = (uint64_t)(block + PAGE_SIZE) - DIRECT_MAP;
    *frame_count(frame) = 1;
    shim_frames++;
    return frame;
}

paddr_t frame_alloc_zeroed(enum frame_use use)
{
    paddr_t frame = frame_alloc(use);
    if (frame)
        memset(phys_to_virt(frame), 0, PAGE_SIZE);
    return frame;
}

void frame_ref(paddr_t frame)
{
    ++*frame_count(frame);
}

void frame_unref(paddr_t frame)
{
    if (--*frame_count(frame) > 0)
        return;
    shim_frames--;
    free((char *)phys_to_virt(frame) - PAGE_SIZE);
}

uint32_t frame_refs(paddr_t frame)
{
    return *frame_count(frame);
}

paddr_t virt_to_phys(const void *virt)
{
    return (uint64_t)virt - DIRECT_MAP;
}

void memory_count(struct memory_counts *counts)
{
    *counts = (struct memory_counts){.total_frames = 32768, .free_frames = 20000};
}

void backing_init(struct backing *backing, const struct backing_ops *ops)
{
    backing->ops = ops;
    list_init(&backing->mappings);
}

/* Nothing is mapped here. */
bool backing_shared_writable(struct backing *backing)
{
    (void)backing;
    return false;
}

long space_map(struct space *space, const struct map_request *request)
{
    (void)space, (void)request;
    return -ENOMEM;
}

/* For truncations, as for holes. */
void backing_zap(struct backing *backing, uint64_t first, uint64_t end, bool copies)
{
    (void)backing, (void)first, (void)end, (void)copies;
    if (main_cpu.spin_ranks)
        panic("backing_zap with a spinlock held");
}

/* ---- Locks ---- */

#define BITS_4(n)  1ull << (n), 2ull << (n), 4ull << (n), 8ull << (n)
#define BITS_16(n) BITS_4(n), BITS_4((n) + 4), BITS_4((n) + 8), BITS_4((n) + 12)
const uint64_t spin_rank_bit[64] = {BITS_16(0), BITS_16(16), BITS_16(32), BITS_16(48)};

/* Nobody else is there to be waited for. */
void spin_wait(struct spinlock *lock, unsigned rank)
{
    panic("lock %s taken twice, or rank %u wanted with ranks %lx held", lock->name, rank,
          main_cpu.spin_ranks);
}

void spin_not_held(const struct spinlock *lock)
{
    panic("lock %s released and not held", lock->name);
}

void mutex_init(struct mutex *mutex, const char *name, enum lock_rank rank)
{
    *mutex = (struct mutex){.name = name, .rank = (uint16_t)rank};
}

void mutex_wait(struct mutex *mutex, unsigned rank)
{
    panic("mutex %s taken twice, or rank %u wanted with spinlocks %lx, mutexes %lx held",
          mutex->name, rank, main_cpu.spin_ranks, main_thread.mutex_ranks);
}

void mutex_wake(struct mutex *mutex)
{
    (void)mutex;
}

void mutex_not_held(const struct mutex *mutex)
{
    panic("mutex %s released and not held", mutex->name);
}

/* ---- Waiting: nothing ever comes, so time is up at once ---- */

void wait_queue_init(struct wait_queue *queue)
{
    list_init(&queue->waiters);
}

int wait_on_mutex(struct wait_queue *queue, struct mutex *mutex, enum wait_kind kind,
                  uint64_t deadline_ns, const char *what)
{
    (void)queue, (void)mutex, (void)kind, (void)deadline_ns, (void)what;
    return -EINTR;
}

int wait_on_spin(struct wait_queue *queue, struct spinlock *lock, enum wait_kind kind,
                 uint64_t deadline_ns, const char *what)
{
    (void)queue, (void)lock, (void)kind, (void)deadline_ns, (void)what;
    return -EINTR;
}

void waiter_add(struct waiter *waiter, struct wait_queue *queue)
{
    waiter->queue = queue;
    list_add_tail(&queue->waiters, &waiter->node);
}

void waiter_remove(struct waiter *waiter)
{
    list_remove(&waiter->node);
}

void wait_begin(void) {}

int wait_sleep(enum wait_kind kind, uint64_t deadline_ns, const char *what)
{
    (void)kind, (void)what;
    return deadline_ns == NO_DEADLINE ? -EINTR : -ETIMEDOUT;
}

void wake_all(struct wait_queue *queue)
{
    (void)queue;
}

/* ---- Time ---- */

uint64_t clock_first_cycle, clock_ns_per_cycle = 1ull << 32;

uint64_t clock_boot_realtime_ns(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec - clock_ns();
}

/* ---- User memory: the test's own ---- */

/* How many bytes from `at` on can be reached. */
static size_t reachable(uint64_t at, size_t n)
{
    if (main_cpu.spin_ranks)
        panic("user memory reached for with spinlocks %lx held", main_cpu.spin_ranks);
    if (at < PAGE_SIZE || !uaddr_range_ok(uaddr(at), n))
        return 0;
    if (at < shim_hole_end && at + n > shim_hole_start)
        return at < shim_hole_start ? shim_hole_start - at : 0;
    return n;
}

size_t user_copy_in_some(void *to, uaddr_t from, size_t n)
{
    n = reachable(from.at, n);
    if (n > 0)
        memcpy(to, (const void *)from.at, n);
    return n;
}

size_t user_copy_out_some(uaddr_t to, const void *from, size_t n)
{
    n = reachable(to.at, n);
    if (n > 0)
        memcpy((void *)to.at, from, n);
    return n;
}

size_t user_clear_some(uaddr_t to, size_t n)
{
    n = reachable(to.at, n);
    if (n > 0)
        memset((void *)to.at, 0, n);
    return n;
}

int user_copy_in(void *to, uaddr_t from, size_t n)
{
    return user_copy_in_some(to, from, n) == n ? 0 : -EFAULT;
}

int user_copy_out(uaddr_t to, const void *from, size_t n)
{
    return user_copy_out_some(to, from, n) == n ? 0 : -EFAULT;
}

/* ---- A world ---- */

void shim_start(struct fs_context *fs)
{
    annex_hooks.backing_zap = backing_zap;
    struct filesystem *root = ramfs_create("ramfs", 0755);
    if (!root)
        panic("no memory for the file system");
    vfs_init(root, fs);
}

/* Removes all names below a directory. */
static void remove_all(struct dentry *dir)
{
    const struct inode_ops *ops = dir->inode->ops;
    struct dentry *found;
    for (;;) {
        _Alignas(8) char bytes[400]; /* of one dentry at least */
        struct listing listing = {.at = bytes, .end = bytes + sizeof(bytes) - LISTING_SLACK};
        uint64_t pos = 2;
        ops->list(dir->inode, dir, &pos, &listing);
        if (listing.at == bytes)
            return;
        const char *name = ((struct linux_dirent64 *)bytes)->d_name;
        if (ops->lookup(dir, name, strlen(name), &found))
            panic("listed but not found: %s", name);
        if (inode_is(found->inode, S_IFDIR))
            remove_all(found);
        if (ops->remove(dir, name, strlen(name), found))
            panic("cannot remove %s", name);
        dentry_unref(found);
    }
}

/* Nobody else wants to run; but where others may run no spinlock is held. */
bool cond_resched(void)
{
    if (main_cpu.spin_ranks)
        panic("cond_resched with spinlocks %lx held", main_cpu.spin_ranks);
    return true;
}

bool thread_resched(size_t n_moved)
{
    (void)n_moved;
    return true;
}

void shim_end(struct fs_context *fs)
{
    struct mount_info root;
    vfs_mount_at(0, &root);
    struct dentry *dentry = root.at;
    remove_all(dentry);
    struct cred *cred = fs->process->cred;
    fs_context_release(fs);
    cred_unref(cred);
    if (dentry->refs != 1 || dentry->inode->fs->n_inodes != 1)
        panic("left: %u references of the root, %lu inodes", dentry->refs,
              dentry->inode->fs->n_inodes);
    struct filesystem *filesystem = root.fs;
    dentry_unref(dentry);
    kfree(filesystem);
}

void shim_set_cred(struct fs_context *fs, uint32_t uid, uint32_t gid, uint32_t group)
{
    struct cred *cred = cred_copy(fs->process->cred, 1);
    cred->fsuid = uid;
    cred->fsgid = gid;
    cred->groups[0] = group;
    cred_unref(fs->process->cred);
    fs->process->cred = cred;
}

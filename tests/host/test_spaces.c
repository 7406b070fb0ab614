/* Address spaces in simulated memory, compared with a model: random mappings, forks, writes and
 * ends, on three simulated processors whose TLBs forget nothing unless told to, and with
 * allocations that fail.
 *
 * Between any two steps of an operation the other processors read, write and switch, and all of
 * them walk through the tables in advance and set accessed bits there. Contents, rights, reference
 * counts and TLBs are checked. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "mm_shim.h"
#include "tap.h"
#include "../../kernel/mm/frames.c"
#include "../../kernel/mm/objects.c"
#include "../../kernel/mm/vmas.c"
#include "../../kernel/mm/backing.c"
#include "../../kernel/mm/tables.c"
#include "../../kernel/mm/load.c"
#include "../../kernel/mm/flush.c"
#include "../../kernel/mm/fault.c"
#include "../../kernel/mm/space.c"
#include "../../kernel/mm/map.c"
#include "../../kernel/mm/brk.c"
#include "../../kernel/annex/zap/zap.c"
#include "../../kernel/annex/memory/remap.c"
#include "../../kernel/annex/look/look.c"
#include "../../kernel/annex/memory/lock.c"
#include "../../kernel/annex/memory/advise.c"
#include "../../kernel/annex/memory/rare.c"
#include "../../kernel/mm/look.c"

enum {
    SPACES = 7,
    REGIONS = 4,
    REGION_PAGES = 6,
    SLOTS = REGIONS * REGION_PAGES,
    FILES = 3,
    FILE_PAGES = 8
};

void kstacks_trim(void) {}

/* Each region crosses a boundary between tables, except the last. */
static const uint64_t regions[REGIONS] = {0x5fd000, 0x3fffd000, 0x7fffffd000, 0x7f0000000000};

static uint64_t slot_at(int slot)
{
    return regions[slot / REGION_PAGES] + slot % REGION_PAGES * (uint64_t)PAGE_SIZE;
}

/* ---- A file, as an upper room would implement it ---- */

struct file {
    struct backing backing;
    int refs;
    uint32_t n_pages;
    paddr_t frames[FILE_PAGES];
};
static struct file host_files[FILES];
static uint32_t file_values[FILES][FILE_PAGES]; /* the model of the files' contents */

static int file_page(struct backing *backing, uint64_t index, bool write, paddr_t *frame)
{
    struct file *file = container_of(backing, struct file, backing);
    (void)write;
    if (index >= file->n_pages)
        return -EIO;
    if (!file->frames[index])
        file->frames[index] = frame_alloc_zeroed(FRAME_FILE);
    *frame = file->frames[index];
    if (*frame)
        frame_ref(*frame);
    return *frame ? 0 : -ENOMEM;
}
static void file_pages(struct backing *backing, uint64_t first, size_t n, paddr_t *frames)
{
    struct file *file = container_of(backing, struct file, backing);
    for (size_t i = 0; i < n; i++) {
        frames[i] = first + i < file->n_pages ? file->frames[first + i] : 0;
        if (frames[i])
            frame_ref(frames[i]);
    }
}
static void file_ref(struct backing *backing)
{
    container_of(backing, struct file, backing)->refs++;
}
static void file_unref(struct backing *backing)
{
    container_of(backing, struct file, backing)->refs--;
}
static const struct backing_ops file_ops = {
    .page = file_page, .pages = file_pages, .ref = file_ref, .unref = file_unref};

static void file_truncate(int number, uint32_t n_pages)
{
    struct file *file = &host_files[number];
    file->n_pages = n_pages;
    for (uint32_t i = n_pages; i < FILE_PAGES; i++) {
        if (file->frames[i])
            frame_unref(file->frames[i]);
        file->frames[i] = 0;
        file_values[number][i] = 0;
    }
    backing_zap(&file->backing, n_pages, BACKING_END, true);
}

/* ---- The model ---- */

struct slot {
    bool mapped, shared, own; /* own: a private copy, which has its own `value` */
    uint8_t prot;
    int file;       /* -1: zero-filled memory */
    uint32_t index; /* page of the file */
    uint32_t value;
};
struct world {
    struct space *space; /* NULL: there is none */
    struct slot slots[SLOTS];
};
static struct world worlds[SPACES];

static uint32_t *model_value(struct slot *slot)
{
    return slot->own || slot->file < 0 ? &slot->value : &file_values[slot->file][slot->index];
}

static int model_access(const struct slot *slot, bool write)
{
    if (!slot->mapped)
        return -EFAULT;
    if (write ? !(slot->prot & PROT_WRITE) : !slot->prot)
        return -EACCES;
    if (slot->file >= 0 && !slot->own && slot->index >= host_files[slot->file].n_pages)
        return -EIO;
    return 0;
}

/* ---- A processor: how it finds pages and what it remembers ---- */

static bool right = true;
static const char *step_name;

static void check(bool condition, const char *what)
{
    if (condition || !right)
        return;
    right = false;
    printf("# %s: %s\n", step_name, what);
}

static struct tlb_entry *tlb_find(uint32_t id, uint64_t page)
{
    for (int i = 0; i < TLB_ENTRIES; i++) {
        if (tlbs[id][i].pte && tlbs[id][i].page == page)
            return &tlbs[id][i];
    }
    return NULL;
}

static void tlb_add(uint32_t id, uint64_t page, pte_t pte)
{
    struct tlb_entry *entry = tlb_find(id, page);
    if (!entry)
        entry = &tlbs[id][host_random(TLB_ENTRIES)];
    *entry = (struct tlb_entry){page, pte};
}

/* The number of the 2 MB, GB or 512 GB of addresses that a table of that level maps. */
static uint64_t region_of(uint64_t address, int level)
{
    return address >> (PAGE_SHIFT + 9 * level);
}

/* The lowest table for the address of which the processor remembers the place; otherwise its
 * root. */
static struct known_table table_known(uint32_t id, uint64_t address)
{
    struct known_table best = {4, 0, (pte_t *)host_cr3[id], PTE_WRITE};
    for (int i = 0; i < KNOWN_TABLES; i++) {
        struct known_table *known = &known_tables[id][i];
        if (known->level && known->level < best.level &&
            known->region == region_of(address, known->level))
            best = *known;
    }
    return best;
}

/* The PTE that the processor finds for the address, or 0. It sets accessed bits on the way, and the
 * dirty bit for a write, and remembers all that it has seen. A fault makes it forget. */
static pte_t walk(uint32_t id, uint64_t address, bool write)
{
    struct known_table at = table_known(id, address);
    for (; at.level > 1; known_tables[id][host_random(KNOWN_TABLES)] = at) {
        pte_t *entry = &at.table[table_index(address, at.level)];
        if (!(*entry & PTE_PRESENT))
            return 0;
        *entry |= PTE_ACCESSED;
        at.level--;
        at.region = region_of(address, at.level);
        at.rights &= *entry;
        at.table = phys_to_virt(pte_phys(*entry));
    }
    pte_t *entry = &at.table[table_index(address, 1)];
    if (!(*entry & PTE_PRESENT) || (write && !(*entry & at.rights & PTE_WRITE)))
        return 0;
    *entry |= write ? PTE_ACCESSED | PTE_DIRTY : PTE_ACCESSED;
    pte_t pte = *entry & (~(pte_t)PTE_WRITE | at.rights);
    tlb_add(id, address, pte);
    return pte;
}

/* An access. It uses what the processor remembers, if that allows it; a first write reads the entry
 * again to set its dirty bit. NULL: a fault. */
static uint32_t *reach(uint32_t id, uint64_t address, bool write)
{
    struct tlb_entry *entry = tlb_find(id, address);
    pte_t need = write ? PTE_PRESENT | PTE_WRITE | PTE_DIRTY : PTE_PRESENT;
    if (entry && (entry->pte & need) == need)
        return phys_to_virt(pte_phys(entry->pte));
    pte_t pte = walk(id, address, write);
    if (pte)
        return phys_to_virt(pte_phys(pte));
    if (entry)
        entry->pte = 0;
    memset(known_tables[id], 0, sizeof(known_tables[id]));
    return NULL;
}

/* ---- What the other processors do between two steps of an operation ---- */

static bool racing;    /* an operation is in progress */
static bool switching; /* ... and it is a switch: nothing is locked and the model is exact */
static struct world *switched[2]; /* from which and to which; NULL: no space */
static bool unchecked; /* of the worlds that are changing: no access compares or writes them */
static bool copying;   /* a page of a file may be copied now: its value must not change */
static int hot;        /* the slot that the operation uses */
static struct {
    struct world *world; /* its slots first to first + n - 1 are changing */
    int first, n;
} busy[2];

#define RACING(call)                  \
    ({                                \
        racing = true;                \
        __auto_type result_ = (call); \
        racing = false;               \
        result_;                      \
    })

static void busy_is(struct world *world, int first, int n, int other)
{
    busy[0].world = busy[1].world = world;
    busy[0].first = first;
    busy[1].first = other;
    busy[0].n = busy[1].n = n;
    hot = first;
}

static bool is_busy(const struct world *world, int slot)
{
    for (int i = 0; i < 2; i++) {
        if (busy[i].world == world && slot >= busy[i].first && slot < busy[i].first + busy[i].n)
            return true;
    }
    return unchecked;
}

static struct world *world_of(const struct space *space)
{
    for (int i = 0; i < SPACES; i++) {
        if (space && worlds[i].space == space)
            return &worlds[i];
    }
    return NULL;
}

static void load(struct space *space)
{
    switched[0] = world_of(loaded[host_cpu->id]);
    switched[1] = world_of(space);
    switching = true;
    RACING((space_load(space), 0));
    switching = false;
}

/* Half of the time the first one, so that several processors have it loaded. */
static struct world *pick_world(void)
{
    return &worlds[host_random(2) ? 0 : host_random(SPACES)];
}

static int pick_slot(void)
{
    return (int)host_random(2) ? hot : (int)host_random(SLOTS);
}

/* A private page of a file has its own value after it was written. */
static void model_write(struct slot *slot, uint32_t *word)
{
    if (!slot->shared && slot->file >= 0 && !slot->own) {
        slot->value = *model_value(slot);
        slot->own = true;
    }
    *word = *model_value(slot) = host_random(1u << 30) + 1;
}

/* A thread of its space reads or writes the slot. If that faults, nothing happens: it would
 * wait. */
static void race_access(uint32_t id, int i, bool write)
{
    struct world *world = world_of(loaded[id]);
    uint32_t *word = reach(id, slot_at(i), write);
    if (!word || !world || is_busy(world, i))
        return;
    struct slot *slot = &world->slots[i];
    write = write && !(slot->shared && copying);
    check(slot->mapped, "another thread reaches what is not mapped");
    check(!slot->mapped || *word == *model_value(slot), "another thread reads an old value");
    if (!write || !slot->mapped)
        return;
    model_write(slot, word);
    for (uint32_t other = 0; other < n_cpus; other++) {
        /* a processor that is switching may have another root already */
        bool has_it = loaded[other] == world->space &&
                      host_cr3[other] == (const pte_t *)phys_to_virt(world->space->root);
        word = has_it ? reach(other, slot_at(i), false) : NULL;
        check(!word || *word == *model_value(slot), "a third processor reads an old value");
    }
}

static void step_map(struct world *world);
static void step_unmap(struct world *world);
static void step_protect(struct world *world);
static void step_access(struct world *world, bool write);

/* During a switch nothing is locked: another processor may do a whole operation. */
static void race_operation(struct world *world)
{
    if (!world || !world->space)
        return;
    switching = false;
    switch (host_random(8)) {
    case 0: step_unmap(world); break;
    case 1: step_protect(world); break;
    case 2:
    case 3:
    case 4: step_map(world); break;
    default: step_access(world, host_random(2));
    }
    racing = switching = true;
}

static void race_elsewhere(uint32_t id)
{
    struct cpu *caller = host_cpu;
    host_cpu = &host_cpus[id];
    if (host_random(8) == 0 && !host_inner_locks)
        space_load(host_random(4) ? pick_world()->space : NULL);
    else if (host_random(4) && switching)
        race_operation(switched[host_random(2)]);
    else
        race_access(id, pick_slot(), host_random(2));
    host_cpu = caller;
}

/* Walks in advance, for accesses that the processor only expects. */
static void race_ahead(uint32_t id)
{
    for (int i = 0; i < 4; i++)
        walk(id, slot_at(pick_slot()), false);
}

static void check_known(void);

void host_between_steps(void);
void host_between_steps(void)
{
    if (!racing || !right)
        return;
    check_known();
    if (host_random(4) > switching)
        return;
    uint32_t id = host_random(n_cpus);
    if (host_random(4) == 0)
        race_ahead(id);
    else if (id != host_cpu->id)
        race_elsewhere(id);
}

/* ---- A program's access ---- */

/* The word at a user address, as the running processor accesses it; NULL with *error set. */
static uint32_t *user_word(struct space *space, uint64_t address, bool write, int *error)
{
    if (loaded[host_cpu->id] != space)
        load(space);
    for (int tries = 0; tries < 3; tries++) {
        uint32_t *word = reach(host_cpu->id, address, write);
        if (word)
            return word;
        uint64_t code =
            FAULT_USER | (write ? FAULT_WRITE : 0) | (table_lookup(space, address) & PTE_PRESENT);
        *error = RACING(space_fault(space, address, code));
        if (*error)
            return NULL;
    }
    *error = -EDEADLK; /* a fault that comes again each time it was resolved */
    return NULL;
}

static bool failing; /* an allocation may fail in this step */
static void step_access(struct world *world, bool write)
{
    load(world->space);
    int i = host_random(SLOTS), expected = model_access(&world->slots[i], write), error = 0;
    struct slot *slot = &world->slots[i];
    hot = i;
    copying = write;
    uint32_t *word = user_word(world->space, slot_at(i), write, &error);
    copying = false;
    if (failing && error == -ENOMEM)
        return;
    check(error == expected, "an access's result");
    if (error != expected)
        printf("# slot %d %s: %d instead of %d\n", i, write ? "written" : "read", error, expected);
    if (!word || error != expected)
        return;
    if (*word != *model_value(slot))
        printf("# slot %d: %x instead of %x, file %d page %u, %s%s\n", i, *word, *model_value(slot),
               slot->file, slot->index, slot->own ? "own" : "", slot->shared ? "shared" : "");
    check(*word == *model_value(slot), "a word's value");
    if (write)
        model_write(slot, word);
}

/* ---- Steps ---- */

/* A random range of slots in one region. */
static int pick_range(int *n)
{
    int first = host_random(REGION_PAGES);
    *n = 1 + host_random(REGION_PAGES - first);
    return host_random(REGIONS) * REGION_PAGES + first;
}

static void step_map(struct world *world)
{
    int n, first = pick_range(&n), file = (int)host_random(FILES + 2) - 2;
    uint32_t index = host_random(FILE_PAGES - n + 1), prot = host_random(4);
    bool shared = file >= 0 && host_random(2);
    /* with MAP_POPULATE these pages would be copied, which the model does not do */
    bool copies = file >= 0 && !shared && prot & PROT_WRITE;
    struct map_request request = {
        .address = slot_at(first),
        .n_bytes = (uint64_t)n * PAGE_SIZE,
        .prot = prot,
        .map_flags = MAP_FIXED | (shared ? MAP_SHARED : MAP_PRIVATE) |
                     (host_random(4) || copies ? 0 : MAP_POPULATE),
        .backing = file < 0 ? NULL : &host_files[file].backing,
        .offset = (uint64_t)index * PAGE_SIZE,
    };
    busy_is(world, first, n, first);
    long result = RACING(space_map(world->space, &request));
    if (failing && result == -ENOMEM)
        return;
    check(result == (long)slot_at(first), "mmap's result");
    for (int i = 0; i < n; i++)
        world->slots[first + i] = (struct slot){.mapped = true,
                                                .shared = shared,
                                                .prot = prot,
                                                .file = max(file, -1),
                                                .index = index + i};
}

static void step_unmap(struct world *world)
{
    int n, first = pick_range(&n);
    busy_is(world, first, n, first);
    long result = RACING(sys_munmap(world->space, uaddr(slot_at(first)), (size_t)n * PAGE_SIZE));
    if (failing && result == -ENOMEM)
        return;
    check(result == 0, "munmap's result");
    memset(&world->slots[first], 0, n * sizeof(struct slot));
}

/* How many slots, from the first on, are mapped without a hole. */
static int n_mapped(const struct world *world, int first, int n)
{
    int i = first;
    while (i < first + n && world->slots[i].mapped)
        i++;
    return i - first;
}

static void step_protect(struct world *world)
{
    int n, first = pick_range(&n);
    uint32_t prot = host_random(4);
    long result =
        RACING(sys_mprotect(world->space, uaddr(slot_at(first)), (size_t)n * PAGE_SIZE, prot));
    int most = n_mapped(world, first, n);
    check(result == (most == n ? 0 : -ENOMEM) || (failing && result == -ENOMEM),
          "mprotect's result");
    /* it works up to a hole; when memory is out it may stop earlier, between two VMAs */
    for (int i = first; i < first + most; i++) {
        const struct vma *vma = vma_at(world->space, slot_at(i));
        if (failing && vma->prot != prot)
            return;
        world->slots[i].prot = prot;
    }
}

static void step_discard(struct world *world)
{
    int n, first = pick_range(&n);
    busy_is(world, first, n, first);
    long result = RACING(
        sys_madvise(world->space, uaddr(slot_at(first)), (size_t)n * PAGE_SIZE, MADV_DONTNEED));
    if (failing && result == -ENOMEM) {
        mm_fail_armed = failing = false; /* it is not known whether it was done, so do it now */
        sys_madvise(world->space, uaddr(slot_at(first)), (size_t)n * PAGE_SIZE, MADV_DONTNEED);
        result = n_mapped(world, first, n) == n ? 0 : -ENOMEM;
    }
    check(result == (n_mapped(world, first, n) == n ? 0 : -ENOMEM), "madvise's result");
    for (int i = first; i < first + n; i++) {
        world->slots[i].own = false;
        world->slots[i].value = 0;
    }
}

static void step_remap(struct world *world)
{
    int n, first = pick_range(&n),
           to = host_random(REGIONS) * REGION_PAGES + host_random(REGION_PAGES - n + 1);
    struct slot moved[REGION_PAGES];
    busy_is(world, first, n, to);
    long result = RACING(sys_mremap(world->space, uaddr(slot_at(first)), (size_t)n * PAGE_SIZE,
                                    (size_t)n * PAGE_SIZE, MREMAP_MAYMOVE | MREMAP_FIXED,
                                    uaddr(slot_at(to))));
    if (result == -ENOMEM && failing) {
        /* as on Linux, the target may have been unmapped: the model takes what is there now */
        for (int i = to; i < to + n; i++) {
            if (!vma_at(world->space, slot_at(i)))
                world->slots[i] = (struct slot){0};
        }
        return;
    }
    check(result == (long)slot_at(to) || result == -EFAULT || result == -EINVAL, "mremap's result");
    if (result < 0)
        return;
    memcpy(moved, &world->slots[first], n * sizeof(struct slot));
    memset(&world->slots[first], 0, n * sizeof(struct slot));
    memcpy(&world->slots[to], moved, n * sizeof(struct slot));
}

static void step_end(struct world *world)
{
    struct space *space = world->space;
    memset(world, 0, sizeof(*world));
    RACING((space_unref(space), 0));
}

static void step_fork(struct world *world)
{
    struct world *child = &worlds[host_random(SPACES)];
    if (child == world)
        return;
    if (child->space)
        step_end(child);
    struct space *space = RACING(space_fork(world->space));
    if (!space && failing)
        return;
    check(space, "fork's result");
    *child = *world;
    child->space = space;
}

/* Another process reads the memory, on a processor that has other tables loaded. */
static void step_peek(struct world *world)
{
    int i = host_random(SLOTS);
    struct slot *slot = &world->slots[i];
    uint32_t word = 0;
    unchecked = true;
    size_t n = RACING(space_transfer(world->space, slot_at(i), &word, sizeof(word), FAULT_USER));
    unchecked = false;
    if (failing && !n)
        return;
    check(n == (model_access(slot, false) ? 0 : sizeof(word)), "peek's result");
    check(!n || word == *model_value(slot), "a peeked word");
}

static void step_truncate(void)
{
    int number = host_random(FILES);
    uint32_t n_pages = host_random(FILE_PAGES + 1);
    mm_fail_armed = failing = false;
    for (int i = 0; i < SPACES; i++) {
        for (int j = 0; j < SLOTS; j++) {
            struct slot *slot = &worlds[i].slots[j];
            if (slot->file == number && slot->mapped && slot->index >= n_pages)
                slot->own = false;
        }
    }
    unchecked = true;
    RACING((file_truncate(number, n_pages), 0));
    unchecked = false;
}

static int countdown;
static bool fail_now(void)
{
    return --countdown == 0;
}

static void random_step(void)
{
    static const char *const names[] = {"map",   "unmap", "protect", "discard",
                                        "remap", "fork",  "end",     "peek"};
    static void (*const steps[])(struct world *) = {step_map,     step_unmap, step_protect,
                                                    step_discard, step_remap, step_fork,
                                                    step_end,     step_peek};
    host_cpu = &host_cpus[host_random(n_cpus)];
    busy_is(NULL, 0, 0, 0);
    space_leave_ended();
    if (host_random(16) == 0)
        load(NULL); /* the processor becomes idle */
    struct world *world = pick_world();
    if (!world->space && !(world->space = space_create()))
        return;
    failing = mm_fail_armed = host_random(8) == 0;
    countdown = 1 + host_random(6);
    uint32_t kind = host_random(40);
    step_name = "access";
    if (kind < ARRAY_SIZE(steps)) {
        step_name = names[kind];
        if (host_random(2))
            load(world->space);
        steps[kind](world);
    } else if (kind == 8) {
        step_name = "truncate";
        step_truncate();
    } else {
        step_access(world, kind & 1);
    }
    mm_fail_armed = false;
}

/* ---- What must be true at any time ---- */

static uint32_t
    n_links[(HOST_FIRST + HOST_MEMORY) / PAGE_SIZE]; /* how many entries point to each frame */
static uint8_t seen[ARRAY_SIZE(n_links)];

static void count_links(paddr_t table_frame, int level)
{
    if (seen[table_frame >> PAGE_SHIFT]++)
        return;
    pte_t *table = phys_to_virt(table_frame);
    for (int i = 0; i < (level == 4 ? 256 : 512); i++) {
        pte_t entry = table[i];
        if (!entry)
            continue;
        n_links[pte_phys(entry) >> PAGE_SHIFT]++;
        if (entry & PTE_WRITE && !(level == 1 && entry & PTE_SOFT_SHARED))
            check(frame_refs(pte_phys(entry)) == 1, "a writable entry points to a shared frame");
        if (level > 1)
            count_links(pte_phys(entry), level - 1);
    }
}

/* The pages in memory, counted by a walk. */
static uint64_t space_resident(const struct space *space)
{
    uint64_t count = 0, at = 0;
    for (pte_t *table; (table = next_table(space, &at, USER_END)); at += LARGE_SPAN) {
        at = align_down(at, LARGE_SPAN);
        for (int i = 0; i < TABLE_ENTRIES; i++)
            count += table[i] != 0;
    }
    return count;
}

static void check_counts(void)
{
    for (int i = 0; i < SPACES; i++) {
        struct space *space = worlds[i].space;
        check(!space || space_resident(space) == space->n_resident, "the number of resident pages");
    }
    memset(n_links, 0, sizeof(n_links));
    memset(seen, 0, sizeof(seen));
    for (int i = 0; i < SPACES; i++) {
        if (worlds[i].space)
            count_links(worlds[i].space->root, 4);
    }
    for (int i = 0; i < HOST_CPUS; i++) { /* spaces that have ended but are still loaded */
        if (loaded[i])
            count_links(loaded[i]->root, 4);
    }
    for (int i = 0; i < FILES; i++) {
        for (int j = 0; j < FILE_PAGES; j++)
            n_links[host_files[i].frames[j] >> PAGE_SHIFT]++;
    }
    n_links[0] = 0;
    for (size_t i = 0; i < ARRAY_SIZE(n_links); i++) {
        if (n_links[i])
            check(frames[i].refs == n_links[i] && frames[i].use != FRAME_FREE, "a reference count");
    }
}

/* Checked at every step: no frame that a processor knows is free. */
static void check_known(void)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        check(frame_at(virt_to_phys(host_cr3[id]))->use != FRAME_FREE, "a root is free");
        for (int i = 0; i < TLB_ENTRIES; i++) {
            pte_t pte = tlbs[id][i].pte;
            check(!pte || frame_at(pte_phys(pte))->use != FRAME_FREE, "a TLB knows a free page");
        }
        for (int i = 0; i < KNOWN_TABLES; i++) {
            const struct known_table *known = &known_tables[id][i];
            check(!known->level || frame_at(virt_to_phys(known->table))->use == FRAME_TABLE,
                  "a processor knows a free table");
        }
    }
}

static void check_tlb_entry(const struct space *space, const struct tlb_entry *entry)
{
    pte_t now = space ? table_lookup(space, entry->page) : 0;
    check(now & PTE_PRESENT && pte_phys(now) == pte_phys(entry->pte),
          "a TLB points to another page");
    check(!(entry->pte & ~now & PTE_WRITE), "a TLB allows writing");
    check(!(now & ~entry->pte & PTE_NX), "a TLB allows executing");
}

static void check_known_table(const struct space *space, const struct known_table *known)
{
    uint64_t address = known->region << (PAGE_SHIFT + 9 * known->level);
    const pte_t *table = space ? phys_to_virt(space->root) : NULL;
    pte_t rights = PTE_WRITE;
    for (int level = 4; level > known->level && table; level--) {
        pte_t entry = table[table_index(address, level)];
        rights &= entry;
        table = entry ? phys_to_virt(pte_phys(entry)) : NULL;
    }
    check(table == known->table, "a processor knows a table that is not there");
    check(!(known->rights & ~rights), "a processor knows a table that it may not write through");
}

/* Checked between operations: what a processor knows of its space is true. */
static void check_tlbs(void)
{
    for (uint32_t id = 0; id < n_cpus; id++) {
        struct space *space = loaded[id];
        if (space && !space->refs)
            continue;
        for (int i = 0; i < TLB_ENTRIES; i++) {
            if (tlbs[id][i].pte)
                check_tlb_entry(space, &tlbs[id][i]);
        }
        for (int i = 0; i < KNOWN_TABLES; i++) {
            if (known_tables[id][i].level)
                check_known_table(space, &known_tables[id][i]);
        }
    }
}

static void test_random(int n_steps)
{
    struct memory_counts before, after;
    memory_trim();
    memory_count(&before);
    for (int step = 0; step < n_steps && right; step++) {
        random_step();
        check_tlbs();
        if (step % 40 == 0)
            check_counts();
        check(host_locks == 0, "a lock is held");
    }
    ok(right, "%d random steps in up to %d spaces on %u processors", n_steps, SPACES, n_cpus);
    for (int i = 0; i < SPACES; i++) {
        if (worlds[i].space)
            space_unref(worlds[i].space);
        memset(&worlds[i], 0, sizeof(worlds[i]));
    }
    for (int id = 0; id < HOST_CPUS; id++) {
        host_cpu = &host_cpus[id];
        space_leave_ended();
    }
    int refs = 0;
    for (int i = 0; i < FILES; i++) {
        refs += host_files[i].refs;
        file_truncate(i, 0);
    }
    ok(refs == 0, "no reference to a file is left (%d)", refs);
    memory_trim();
    memory_count(&after);
    ok(!memcmp(&before, &after, sizeof(before)), "no frame is left (%lu, %lu)", before.free_frames,
       after.free_frames);
}

/* ---- Single cases ---- */

static void touch(struct space *space, uint64_t address, uint32_t value)
{
    int error;
    uint32_t *word = user_word(space, address, true, &error);
    host_require(word, "a write failed");
    *word = value;
}

static uint64_t tables_now(void)
{
    struct memory_counts counts;
    memory_count(&counts);
    return counts.by_use[FRAME_TABLE];
}

static void test_fork_cost(void)
{
    struct space *parent = space_create();
    struct map_request request = {.n_bytes = 16 << 20, .prot = 3, .map_flags = MAP_PRIVATE};
    uint64_t base = space_map(parent, &request);
    for (uint64_t i = 0; i < 16 << 20; i += PAGE_SIZE)
        touch(parent, base + i, i);
    struct memory_counts before, after;
    memory_count(&before);
    struct space *child = space_fork(parent);
    memory_count(&after);
    ok(after.by_use[FRAME_TABLE] == before.by_use[FRAME_TABLE] + 1 &&
           after.by_use[FRAME_USER] == before.by_use[FRAME_USER],
       "a fork of 16 MB takes one table and no page");
    touch(child, base + 5 * PAGE_SIZE, 77);
    memory_count(&after);
    ok(after.by_use[FRAME_TABLE] == before.by_use[FRAME_TABLE] + 4 &&
           after.by_use[FRAME_USER] == before.by_use[FRAME_USER] + 1,
       "a write after it three tables and one page");
    ok(space_resident(child) == 4096 && space_resident(parent) == 4096, "both have all pages");
    space_load(parent);
    space_unref(child);
    touch(parent, base + 5 * PAGE_SIZE, 78);
    memory_count(&after);
    ok(after.by_use[FRAME_USER] == before.by_use[FRAME_USER],
       "a page that has one user again is not copied");
    space_load(NULL);
    space_unref(parent);
}

static void test_windows(void)
{
    struct space *space = space_create();
    struct map_request request = {.n_bytes = 4 << 20, .prot = 3, .map_flags = MAP_PRIVATE};
    uint64_t base = space_map(space, &request);
    for (int i = 0; i < 100; i++)
        touch(space, base + (uint64_t)i * 8 * PAGE_SIZE, 1);
    ok(space_resident(space) == 100, "scattered touching maps single pages (%lu)",
       space_resident(space));
    int n_faults = 0;
    struct map_request more = {.n_bytes = 1 << 20,
                               .prot = 3,
                               .map_flags = MAP_PRIVATE | MAP_NORESERVE,
                               .vma_flags = VMA_ENV};
    uint64_t row = space_map(space, &more);
    for (int i = 0; i < 256; i++) {
        n_faults += !table_lookup(space, row + (uint64_t)i * PAGE_SIZE);
        touch(space, row + (uint64_t)i * PAGE_SIZE, 1);
    }
    ok(n_faults < 30, "touching in a row faults seldom: %d of 256", n_faults);
    space_load(NULL);
    space_unref(space);
}

static void test_stack_and_brk(void)
{
    struct space *space = space_create();
    space->limit_stack = 64 * PAGE_SIZE;
    space->brk_start = space->brk_end = 0x500000;
    struct map_request stack = {.address = 0x7ff000000000,
                                .n_bytes = PAGE_SIZE,
                                .prot = 3,
                                .map_flags = MAP_PRIVATE | MAP_FIXED,
                                .vma_flags = VMA_STACK};
    space_map(space, &stack);
    touch(space, 0x7ff000000000 - 10 * PAGE_SIZE, 1);
    ok(space_fault(space, 0x7ff000000000 - 100 * PAGE_SIZE, FAULT_WRITE) == -EFAULT,
       "the stack grows, up to its limit");
    ok(space->n_vmas == 1 && space->n_pages == 11, "as one area");
    ok(space_set_brk(space, 0x500123) == 0x500123 && space_set_brk(space, 0x600001) == 0x600001,
       "the heap grows");
    touch(space, 0x600fff & ~0xfff, 1);
    ok(space->n_vmas == 2, "as one area");
    ok(space_set_brk(space, 0x501000) == 0x501000 && space_fault(space, 0x501000, 0) == -EFAULT,
       "and shrinks");
    ok(space_set_brk(space, 0x4fffff) == 0x501000, "not below its start");
    space_load(NULL);
    space_unref(space);
}

static void test_shared_memory(void)
{
    struct space *parent = space_create();
    struct file memory = {.n_pages = 3};
    backing_init(&memory.backing, &file_ops);
    struct map_request request = {
        .n_bytes = 3 * PAGE_SIZE, .prot = 3, .map_flags = MAP_SHARED, .backing = &memory.backing};
    uint64_t base = space_map(parent, &request);
    touch(parent, base, 5);
    struct space *child = space_fork(parent);
    int error;
    touch(child, base, 6);
    touch(child, base + PAGE_SIZE, 7);
    ok(*user_word(parent, base, false, &error) == 6 &&
           *user_word(parent, base + PAGE_SIZE, false, &error) == 7,
       "MAP_SHARED memory is seen by both, also pages touched after the fork");
    space_load(NULL);
    space_unref(parent);
    space_unref(child);
    for (int i = 0; i < 3; i++)
        if (memory.frames[i])
            frame_unref(memory.frames[i]);
}

static void test_unmap_gives_tables(void)
{
    struct space *space = space_create();
    uint64_t before = tables_now();
    for (int i = 0; i < 50; i++) {
        struct map_request request = {.address = 0x10000000 + (uint64_t)i * LARGE_SPAN,
                                      .n_bytes = PAGE_SIZE,
                                      .prot = 3,
                                      .map_flags = MAP_PRIVATE | MAP_FIXED};
        uint64_t base = space_map(space, &request);
        touch(space, base, 1);
        space_unmap(space, base, PAGE_SIZE);
    }
    ok(tables_now() <= before + 2, "tables of pages that map nothing are given back (%lu)",
       tables_now() - before);
    space_load(NULL);
    space_unref(space);
}

int main(int argc, char **argv)
{
    host_memory_init();
    mm_init(&(struct memory_range){HOST_FIRST, HOST_FIRST + HOST_MEMORY}, 1);
    kernel_root = phys_to_virt(frame_alloc_zeroed(FRAME_KERNEL));
    kernel_root[TABLE_ENTRIES - 1] = frame_alloc_zeroed(FRAME_KERNEL) | PTE_PRESENT | PTE_GLOBAL;
    for (int id = 0; id < HOST_CPUS; id++)
        host_cr3[id] = kernel_root;
    annex_hooks.fail_allocation = fail_now;
    for (int i = 0; i < FILES; i++) {
        backing_init(&host_files[i].backing, &file_ops);
        host_files[i].n_pages = FILE_PAGES;
    }
    test_fork_cost();
    test_windows();
    test_stack_and_brk();
    test_shared_memory();
    test_unmap_gives_tables();
    int n_steps = argc > 1 ? atoi(argv[1]) : getenv("THOROUGH") ? 20000 : 5000;
    test_random(n_steps);
    host_cpu = &host_cpus[0];
    n_cpus = 1;
    test_random(n_steps / 2);
    return tap_done();
}

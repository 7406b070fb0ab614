/* mmap, munmap and mprotect: which addresses mean what. */
#include "abi/errno.h"
#include "abi/resource.h"
#include "space.h"
#include "syscall_calls.h"

/* ---- Limits ---- */

uint64_t mmap_min_addr = USER_START;
uint64_t max_map_count = 65530;

/* More memory in one piece than there is: a program's mistake, refused as Linux does; all else is
 * promised. */
static bool exceeds_memory(uint64_t n_bytes)
{
    if (n_bytes < 16 * 1024 * 1024)
        return false;
    struct memory_counts counts;
    memory_count(&counts);
    return n_bytes > counts.total_frames * PAGE_SIZE;
}

bool space_may_write(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags)
{
    if (!(prot & PROT_WRITE) || flags & AREA_SHARED)
        return true;
    if (!(flags & AREA_NORESERVE) && exceeds_memory(n_bytes))
        return false;
    return space->limit_data == RLIM_INFINITY || flags & AREA_STACK ||
           space->n_data_pages * PAGE_SIZE + n_bytes <= space->limit_data;
}

bool space_within_limits(const struct space *space, uint64_t n_bytes, uint32_t prot, uint32_t flags)
{
    return space->n_pages * PAGE_SIZE + n_bytes <= space->limit_space &&
           space_may_write(space, n_bytes, prot, flags);
}

/* ---- munmap ---- */

int space_discard_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush)
{
    if (tables_isolate(space, start, flush) < 0 || tables_isolate(space, end, flush) < 0)
        return -ENOMEM;
    tables_clear(space, start, end, flush);
    return 0;
}

/* Widens a range that is about to be unmapped by the free addresses around it, within the tables at
 * its ends: a table that nothing will use any more then goes as a whole. */
static void widen(const struct space *space, uint64_t *start, uint64_t *end)
{
    const struct area *first = area_find(space, *start), *below = area_below(space, first);
    const struct area *after = area_find(space, *end);
    uint64_t free_start = below ? below->end : 0;
    uint64_t free_end = after ? after->start : USER_END;
    if (!first || first->start >= *start)
        *start = max(align_down(*start, LARGE_SPAN), free_start);
    if (free_end >= *end)
        *end = min(align_up(*end, LARGE_SPAN), free_end);
}

int space_unmap_locked(struct space *space, uint64_t start, uint64_t end, struct flush *flush,
                       struct list *dead)
{
    if (areas_free(space, start, end))
        return 0;
    const struct area *area = area_at(space, start);
    bool splits = area && area->start < start && area->end > end;
    if (splits && (!areas_may_split(space) || !areas_reserve(space, space->n_spares + 1)))
        return -ENOMEM;
    uint64_t clear_start = start, clear_end = end;
    widen(space, &clear_start, &clear_end);
    if (space_discard_locked(space, clear_start, clear_end, flush) < 0)
        return -ENOMEM;
    areas_cut(space, start, end, dead);
    return 0;
}

/* The end of a range, or 0 if it is not one in user space that starts at a page. */
static uint64_t range_end(uint64_t start, uint64_t n_bytes)
{
    n_bytes = align_up(min(n_bytes, USER_END + 1), PAGE_SIZE);
    if (start % PAGE_SIZE || !uaddr_range_ok(uaddr(start), n_bytes))
        return 0;
    return start + n_bytes;
}

/* Drops pages of [start, end) up to the end of a piece, which is returned: `step` bytes, and then
 * twice as many as long as nothing is found. Lock: takes space->lock. */
static int discard_piece(struct space *space, uint64_t *at, uint64_t end, uint64_t *step)
{
    struct flush flush;
    uint64_t stop = min(end, align_down(*at, LARGE_SPAN) + *step);
    flush_begin(&flush, space);
    spin_lock(&space->lock);
    int error = space_discard_locked(space, *at, stop, &flush);
    *step = flush.end ? PIECE_BYTES : min(*step * 2, (uint64_t)PIECE_MOST);
    flush_end(&flush);
    spin_unlock(&space->lock);
    *at = stop;
    return error;
}

/* The first address from `at` on that is mapped; `end` if there is none below it. Lock: takes
 * space->lock. */
static uint64_t next_mapped(struct space *space, uint64_t at, uint64_t end)
{
    spin_lock(&space->lock);
    const struct area *area = area_find(space, at);
    at = area ? min(end, max(at, area->start)) : end;
    spin_unlock(&space->lock);
    return at;
}

int space_discard(struct space *space, uint64_t start, uint64_t end)
{
    int error = 0;
    uint64_t step = PIECE_BYTES;
    for (uint64_t at = start; !error && (at = next_mapped(space, at, end)) < end;) {
        error = discard_piece(space, &at, end, &step);
        if (at < end)
            mm_resched();
    }
    return error;
}

/* Whether the range is not the middle of an area where no more areas are allowed. Lock: takes
 * space->lock. */
static bool may_unmap(struct space *space, uint64_t start, uint64_t end)
{
    spin_lock(&space->lock);
    const struct area *area = area_at(space, start);
    bool may = !area || area->start == start || area->end <= end || areas_may_split(space);
    spin_unlock(&space->lock);
    return may;
}

/* Removes the mappings of [*at, end) up to the end of a piece, which *at is then. 0 or -ENOMEM.
 * Lock: takes space->lock. */
static int unmap_piece(struct space *space, uint64_t *at, uint64_t end)
{
    struct list dead;
    struct flush flush;
    uint64_t stop = *at;
    list_init(&dead);
    flush_begin(&flush, space);
    space_lock_areas(space);
    const struct area *area = end - *at > PIECE_AREAS * PAGE_SIZE ? area_find(space, *at) : NULL;
    for (int n = 0; n < PIECE_AREAS && area; n++, area = area_next(area))
        stop = area->end;
    stop = area ? min(end, stop) : end;
    int error = space_unmap_locked(space, *at, stop, &flush, &dead);
    areas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    mappings_free(&dead);
    *at = stop;
    return error;
}

/* Removes all mappings of the range; 0, -EINVAL or -ENOMEM. First the pages go, then the areas,
 * both in pieces. What another thread maps meanwhile in a hole of the range goes too, or stays: as
 * where one of the two calls had come first. Lock: takes space->lock. */
int space_unmap(struct space *space, uint64_t start, uint64_t n_bytes)
{
    uint64_t end = range_end(start, n_bytes);
    if (end <= start)
        return -EINVAL;
    if (n_bytes > PIECE_BYTES && may_unmap(space, start, end))
        space_discard(space, start, end);
    int error = 0;
    for (uint64_t at = start; at < end && !error;) {
        error = unmap_piece(space, &at, end);
        if (at < end)
            mm_resched();
    }
    return error;
}

long sys_munmap(struct space *space, uaddr_t addr, size_t length)
{
    return space_unmap(space, addr.at, length);
}

/* ---- mmap ---- */

/* Whether a mapping could lie there without touching others, or the gap that a stack above
 * needs. */
static bool place_free(const struct space *space, uint64_t start, uint64_t end)
{
    if (start < USER_START || end > USER_END || end < start || !areas_free(space, start, end))
        return false;
    const struct area *above = area_find(space, end);
    return !above || !(above->flags & AREA_STACK) || above->start - end >= STACK_GAP;
}

uint64_t space_find_place(const struct space *space, uint64_t wanted, uint64_t n_bytes,
                          uint32_t map_flags)
{
    uint64_t lowest = wanted ? max(max(wanted, least_address()), (uint64_t)USER_START) : 0;
    uint64_t address = align_up(min(lowest, USER_END), PAGE_SIZE);
    if (wanted && place_free(space, address, address + n_bytes))
        return address;
    uint64_t top = map_flags & MAP_32BIT ? min(space->mmap_top, 1ull << 31) : space->mmap_top;
    address = areas_find_gap(space, n_bytes, top);
    if (!address)
        address = areas_find_gap(space, n_bytes, USER_END);
    return address >= least_address() || mm_is_root() ? address : 0;
}

/* Where the mapping goes: *address. 0 or why nowhere. Lock: space->lock held. */
static int place_choose(const struct space *space, const struct map_request *request,
                        uint64_t n_bytes, uint64_t *address)
{
    uint64_t wanted = request->address;
    if (request->map_flags & (MAP_FIXED | MAP_FIXED_NOREPLACE)) {
        if (wanted % PAGE_SIZE)
            return -EINVAL;
        if (!uaddr_range_ok(uaddr(wanted), n_bytes))
            return -ENOMEM;
        if (wanted < least_address() && !mm_is_root())
            return -EPERM;
        if (request->map_flags & MAP_FIXED_NOREPLACE &&
            !areas_free(space, wanted, wanted + n_bytes))
            return -EEXIST;
        *address = wanted;
        return 0;
    }
    *address = space_find_place(space, wanted, n_bytes, request->map_flags);
    return *address ? 0 : -ENOMEM;
}

/* The area that a request asks for, but for its place and mapping. */
static void area_want(struct area *area, const struct map_request *request)
{
    area->prot = request->prot;
    area->max_prot = request->max_prot ? request->max_prot : PROT_READ | PROT_WRITE | PROT_EXEC;
    area->flags = request->area_flags;
    area->backing = request->backing;
    area->offset = request->backing ? request->offset : 0;
    area->mapping = NULL;
    if ((request->map_flags & MAP_TYPE) != MAP_PRIVATE && request->backing)
        area->flags |= AREA_SHARED;
    if (request->map_flags & MAP_GROWSDOWN)
        area->flags |= AREA_STACK;
    if (request->map_flags & MAP_NORESERVE)
        area->flags |= AREA_NORESERVE;
    if (request->map_flags & MAP_LOCKED)
        area->flags |= AREA_LOCKED;
}

uint64_t piece_end(const struct space *space, uint64_t start, uint64_t end)
{
    if (end - start <= PIECE_AREAS * PAGE_SIZE)
        return end;
    uint64_t stop = tables_reach(space, start, end, PIECE_BYTES / LARGE_SPAN);
    const struct area *area = area_find(space, start);
    for (int n = 0; n < PIECE_AREAS && area && area->start < stop; n++)
        area = area_next(area);
    if (area && area->start < stop)
        return area->start;
    area = area_at(space, stop - 1);
    /* Where none may be split, an area is one piece. */
    return area && !areas_may_split(space) ? min(end, max(area->end, stop)) : stop;
}

/* A request on its way: the area that remains to be put in place. */
struct placing {
    struct space *space;
    const struct map_request *request;
    struct area area;
    bool begun; /* a part is in place */
};

/* Puts the area in its place, where nothing is, or over what is there. 0 or -ENOMEM with nothing
 * changed. Lock: space->lock held. */
static int area_place(struct placing *placing, struct flush *flush, struct list *dead)
{
    struct area *area = &placing->area;
    struct space *space = placing->space;
    bool over = placing->request->map_flags & MAP_FIXED;
    /* The rest of an area that is begun joins it, unless another thread has changed that. */
    if (space->n_areas > most_areas() + placing->begun || !areas_reserve(space, 1))
        return -ENOMEM;
    void *name = placing->request->name;
    if (area->backing && !(area->mapping = mapping_pin(space, area->backing, name)))
        return -ENOMEM;
    int error = over ? space_unmap_locked(space, area->start, area->end, flush, dead) : 0;
    if (!error)
        areas_add(space, area);
    if (area->mapping)
        mapping_unpin(area->mapping, dead);
    return error;
}

/* Chooses the place, and asks limits. 0 or an error. Not inline, as the next one. Lock: space->lock
 * held. */
__attribute__((noinline)) static int place_begin(struct placing *placing, uint64_t n_bytes)
{
    struct area *area = &placing->area;
    area_want(area, placing->request);
    int error = place_choose(placing->space, placing->request, n_bytes, &area->start);
    if (error)
        return error;
    area->end = area->start + n_bytes;
    if (!(area->flags & AREA_ENV))
        area->flags |= placing->space->locks_new;
    if (placing->request->map_flags & MAP_LOCKED && !space_may_lock(placing->space))
        return -EPERM;
    if (!space_may_lock_more(placing->space, n_bytes, area->flags))
        return -EAGAIN;
    bool within = space_within_limits(placing->space, n_bytes, area->prot, area->flags);
    return within ? 0 : -ENOMEM;
}

/* Maps the next piece of the area, which is all of it unless much is there already: so other
 * threads find at each address what was there or what is new. 0 or -ENOMEM. Not inline: the
 * caller's frame has the flush. Lock: space->lock held. */
__attribute__((noinline)) static int place_next(struct placing *placing, struct flush *flush,
                                                struct list *dead)
{
    struct area *area = &placing->area;
    uint64_t end = area->end;
    if (placing->request->map_flags & MAP_FIXED)
        area->end = piece_end(placing->space, area->start, end);
    int error = area_place(placing, flush, dead);
    placing->begun = true;
    if (area->backing)
        area->offset += area->end - area->start;
    area->start = area->end;
    area->end = end;
    return error;
}

/* Chooses the place if need be, and maps a piece. 0 or an error. Lock: takes space->lock. */
static int map_piece(struct placing *placing, uint64_t n_bytes)
{
    struct list dead;
    struct flush flush;
    struct space *space = placing->space;
    list_init(&dead);
    flush_begin(&flush, space);
    space_lock_areas(space);
    int error = placing->begun ? 0 : place_begin(placing, n_bytes);
    if (!error)
        error = place_next(placing, &flush, &dead);
    areas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    mappings_free(&dead);
    return error;
}

/* Maps with the backing that the request names; the address or an error. */
static long map_backed(struct space *space, const struct map_request *request, uint64_t n_bytes)
{
    struct placing placing = {.space = space, .request = request};
    int error = map_piece(&placing, n_bytes);
    uint64_t end = placing.area.end;
    while (!error && placing.area.start < end) {
        mm_resched();
        error = map_piece(&placing, 0);
    }
    if (error)
        return error;
    bool locked = (placing.area.flags & AREA_LOCKS) == AREA_LOCKED;
    if ((request->map_flags & MAP_POPULATE || locked) && request->prot)
        space_populate(space, end - n_bytes, end); /* what fails is found by touching it */
    return (long)(end - n_bytes);
}

/* Maps memory or a backing; the address, or -EINVAL, -ENOMEM, -EEXIST, -EPERM, -EOVERFLOW. Lock:
 * takes space->lock. */
long space_map(struct space *space, const struct map_request *request)
{
    uint32_t type = request->map_flags & MAP_TYPE;
    if (request->n_bytes == 0 || request->offset % PAGE_SIZE)
        return -EINVAL;
    if (request->n_bytes > USER_END)
        return -ENOMEM;
    uint64_t n_bytes = align_up(request->n_bytes, PAGE_SIZE);
    if (request->offset + n_bytes < request->offset)
        return -EOVERFLOW;
    if (type == MAP_PRIVATE || request->backing)
        return map_backed(space, request, n_bytes);
    if (!(request->map_flags & MAP_NORESERVE) && exceeds_memory(n_bytes))
        return -ENOMEM;
    struct map_request shared = *request;
    shared.backing = shared_memory_create(n_bytes);
    if (!shared.backing)
        return -ENOMEM;
    long address = map_backed(space, &shared, n_bytes);
    shared.backing->ops->unref(shared.backing);
    return address;
}

/* ---- mprotect ---- */

/* Changes the protection of a part of an area. 0, -EACCES or -ENOMEM. Lock: space->lock held. */
static int protect_area(struct space *space, struct area *area, uint64_t start, uint64_t end,
                        uint32_t prot, struct flush *flush)
{
    if (prot & ~area->max_prot)
        return -EACCES;
    if (!(area->prot & PROT_WRITE) && !space_may_write(space, end - start, prot, area->flags))
        return -ENOMEM;
    if (!area_may_change(space, area, start, end, prot, area->flags) || !areas_reserve(space, 2) ||
        tables_restrict(space, start, end, prot, flush) < 0)
        return -ENOMEM;
    area_change(space, area, start, end, prot, area->flags);
    return 0;
}

/* Changes the protection of areas of the range from *at on, which is where it stopped, after a
 * number of areas, or at the first hole, or the first area that may not have it. 0, -EACCES or
 * -ENOMEM. Lock: takes space->lock. */
static int protect_piece(struct space *space, uint64_t *at, uint64_t end, uint32_t prot)
{
    struct flush flush;
    int error = 0;
    flush_begin(&flush, space);
    space_lock_areas(space);
    for (int n = 0; n < PIECE_AREAS && *at < end && !error; n++) {
        struct area *area = area_at(space, *at);
        uint64_t stop = area ? min(end, area->end) : end;
        error = area ? protect_area(space, area, *at, stop, prot, &flush) : -ENOMEM;
        *at = stop;
    }
    areas_release(space);
    flush_end(&flush);
    spin_unlock(&space->lock);
    return error;
}

/* PROT_GROWSDOWN: from the start of a stack on that is in the range, in *start; PROT_GROWSUP: there
 * is nothing that grows upwards. 0, -EINVAL or -ENOMEM. Lock: takes space->lock. */
static int widen_growing(struct space *space, uint64_t *start, uint64_t end, uint64_t prot)
{
    if (!(prot & (PROT_GROWSDOWN | PROT_GROWSUP)))
        return 0;
    spin_lock(&space->lock);
    const struct area *area = area_find(space, *start);
    bool is_there = area && area->start < (prot & PROT_GROWSDOWN ? end : *start + 1);
    bool grows = is_there && prot & PROT_GROWSDOWN && area->flags & AREA_STACK;
    if (grows)
        *start = area->start;
    spin_unlock(&space->lock);
    return !is_there ? -ENOMEM : grows ? 0 : -EINVAL;
}

/* Sets the protection of the range; 0, -EINVAL, -ENOMEM (also where nothing is mapped) or -EACCES:
 * then it is set up to there. Rights that are added reach the pages by faults. Of two threads'
 * calls for the same range each may win a part of it. Lock: takes space->lock. */
int space_protect(struct space *space, uint64_t start, uint64_t n_bytes, uint64_t prot)
{
    const uint64_t access = PROT_READ | PROT_WRITE | PROT_EXEC;
    const uint64_t grows = PROT_GROWSDOWN | PROT_GROWSUP;
    if (start % PAGE_SIZE || (prot & grows) == grows)
        return -EINVAL;
    if (n_bytes == 0)
        return 0;
    uint64_t end = start + align_up(n_bytes, PAGE_SIZE);
    if (end <= start)
        return -ENOMEM;
    if (prot & ~(access | PROT_SEM | grows))
        return -EINVAL;
    int error = widen_growing(space, &start, end, prot);
    while (start < end && !error) {
        error = protect_piece(space, &start, end, prot & access);
        if (start < end)
            mm_resched();
    }
    return error;
}

long sys_mprotect(struct space *space, uaddr_t addr, size_t length, unsigned long prot)
{
    return space_protect(space, addr.at, length, prot);
}

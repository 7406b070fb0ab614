/* Areas: which addresses of a space mean something, in an array sorted by address.
 *
 * Programs have a few dozen of them, so a binary search and a memmove beat any tree. */
#include "abi/errno.h"
#include "space.h"

enum { FIRST_AREAS = 16 };

uint32_t area_find(const struct space *space, uint64_t address)
{
    uint32_t low = 0, high = space->n_areas;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        if (space->areas[middle].end > address)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

struct area *area_at(const struct space *space, uint64_t address)
{
    uint32_t i = area_find(space, address);
    return i < space->n_areas && space->areas[i].start <= address ? &space->areas[i] : NULL;
}

bool areas_free(const struct space *space, uint64_t start, uint64_t end)
{
    uint32_t i = area_find(space, start);
    return i == space->n_areas || space->areas[i].start >= end;
}

bool areas_reserve(struct space *space, uint32_t n)
{
    if (space->n_areas + n <= space->max_areas)
        return true;
    if (space->n_areas + n > MAX_AREAS)
        return false;
    uint32_t wanted = max(space->max_areas * 2, (uint32_t)FIRST_AREAS);
    struct area *areas = krealloc(space->areas, wanted * sizeof(*areas));
    if (!areas)
        return false;
    space->areas = areas;
    space->max_areas = wanted;
    return true;
}

/* Opens a place at index i. */
static void place_open(struct space *space, uint32_t i)
{
    assert(space->n_areas < space->max_areas);
    memmove(&space->areas[i + 1], &space->areas[i], (space->n_areas - i) * sizeof(space->areas[0]));
    space->n_areas++;
}

/* Closes n places from index i on. */
static void places_close(struct space *space, uint32_t i, uint32_t n)
{
    memmove(&space->areas[i], &space->areas[i + n],
            (space->n_areas - i - n) * sizeof(space->areas[0]));
    space->n_areas -= n;
}

/* Whether b continues a: the two can be one area. */
static bool areas_join(const struct area *a, const struct area *b)
{
    return a->end == b->start && a->prot == b->prot && a->flags == b->flags &&
           a->max_prot == b->max_prot && a->backing == b->backing &&
           (!a->backing || a->offset + (a->end - a->start) == b->offset);
}

/* Makes one area of those at i and i + 1 if they are alike. */
static void join_at(struct space *space, uint32_t i)
{
    if (i + 1 >= space->n_areas || !areas_join(&space->areas[i], &space->areas[i + 1]))
        return;
    space->areas[i].end = space->areas[i + 1].end;
    if (space->areas[i].mapping)
        space->areas[i].mapping->n_areas--;
    places_close(space, i + 1, 1);
}

void areas_add(struct space *space, const struct area *area)
{
    uint32_t i = area_find(space, area->start);
    place_open(space, i);
    space->areas[i] = *area;
    if (area->mapping)
        area->mapping->n_areas++;
    space->n_pages += (area->end - area->start) / PAGE_SIZE;
    join_at(space, i);
    if (i > 0)
        join_at(space, i - 1);
}

/* Makes an area begin at the address, if one lies across it; the index of the first area from there
 * on. */
static uint32_t split_at(struct space *space, uint64_t address)
{
    uint32_t i = area_find(space, address);
    if (i == space->n_areas || space->areas[i].start >= address)
        return i;
    place_open(space, i);
    struct area *lower = &space->areas[i], *upper = lower + 1;
    lower->end = upper->start = address;
    if (upper->backing)
        upper->offset += address - lower->start;
    if (upper->mapping)
        upper->mapping->n_areas++;
    return i + 1;
}

void areas_cut(struct space *space, uint64_t start, uint64_t end, struct list *dead)
{
    uint32_t i = area_find(space, start);
    if (i == space->n_areas || space->areas[i].start >= end)
        return;
    uint32_t first = split_at(space, start);
    uint32_t last = split_at(space, end);
    for (i = first; i < last; i++) {
        struct area *area = &space->areas[i];
        space->n_pages -= (area->end - area->start) / PAGE_SIZE;
        if (area->mapping && --area->mapping->n_areas == 0)
            mapping_detach(area->mapping, dead);
    }
    places_close(space, first, last - first);
}

void areas_protect(struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
    uint32_t first = split_at(space, start);
    uint32_t last = split_at(space, end);
    for (uint32_t i = first; i < last; i++)
        space->areas[i].prot = prot;
    /* From the top down, so that the indexes below stay true. */
    for (uint32_t i = last; i-- > first;)
        join_at(space, i);
    if (first > 0)
        join_at(space, first - 1);
}

int areas_check(const struct space *space, uint64_t start, uint64_t end, uint32_t prot)
{
    uint32_t i = area_find(space, start);
    for (; start < end; i++) {
        if (i == space->n_areas || space->areas[i].start > start)
            return -ENOMEM;
        if (prot & ~space->areas[i].max_prot)
            return -EACCES;
        start = space->areas[i].end;
    }
    return 0;
}

uint64_t areas_find_gap(const struct space *space, uint64_t n_bytes, uint64_t top)
{
    for (uint32_t i = area_find(space, top);; i--) {
        uint64_t below = i > 0 ? space->areas[i - 1].end : USER_START;
        if (i < space->n_areas) {
            const struct area *above = &space->areas[i];
            uint64_t gap = above->flags & AREA_STACK ? STACK_GAP : 0;
            top = min(top, above->start > gap ? above->start - gap : 0);
        }
        if (top > below && top - below >= n_bytes)
            return top - n_bytes;
        if (i == 0)
            return 0;
    }
}

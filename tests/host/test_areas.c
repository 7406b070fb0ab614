/* The areas of a space against a plain array with a byte for each page. */
#include <stdio.h>
#include "mm_shim.h"
#include "tap.h"
#include "../../kernel/mm/frames.c"
#include "../../kernel/mm/objects.c"
#include "../../kernel/mm/areas.c"

enum { N = 64, BASE = 0x100000 };

void kstacks_trim(void) {}
static unsigned n_detached;
void mapping_detach(struct mapping *mapping, struct list *dead)
{
    (void)mapping, (void)dead;
    n_detached++;
}

static struct space space = {.mmap_top = BASE + N * PAGE_SIZE};
static struct backing files[2];
static struct mapping mappings[2] = {{.backing = &files[0]}, {.backing = &files[1]}};

struct page { /* what the model knows of a page */
    bool mapped;
    uint8_t prot;
    int file; /* -1: none */
    uint64_t offset;
};
static struct page model[N];

static uint64_t at(int page)
{
    return BASE + (uint64_t)page * PAGE_SIZE;
}

/* Whether two neighbours of the model should be one area. */
static bool alike(const struct page *a, const struct page *b)
{
    return a->mapped && b->mapped && a->prot == b->prot && a->file == b->file &&
           (a->file < 0 || a->offset + PAGE_SIZE == b->offset);
}

static bool same_as_model(void)
{
    uint32_t n_expected = 0, n_pages = 0, counts[2] = {0};
    for (int i = 0; i < N; i++) {
        const struct page *page = &model[i];
        const struct area *area = area_at(&space, at(i) + 5);
        n_pages += page->mapped;
        if (page->mapped != (area != NULL))
            return false;
        if (!area)
            continue;
        bool begins = i == 0 || !alike(&model[i - 1], page);
        n_expected += begins;
        if (begins && page->file >= 0)
            counts[page->file]++;
        if (begins != (area->start == at(i)) || area->prot != page->prot ||
            area->backing != (page->file < 0 ? NULL : &files[page->file]) ||
            (area->backing && area->offset + at(i) - area->start != page->offset))
            return false;
    }
    return space.n_areas == n_expected && space.n_pages == n_pages &&
           mappings[0].n_areas == counts[0] && mappings[1].n_areas == counts[1];
}

static void add(int first, int last, uint32_t prot, int file, uint64_t offset)
{
    struct area area = {.start = at(first), .end = at(last), .prot = prot, .max_prot = 7};
    if (file >= 0) {
        area.backing = &files[file];
        area.mapping = &mappings[file];
        area.offset = offset;
    }
    areas_add(&space, &area);
    for (int i = first; i < last; i++)
        model[i] = (struct page){true, prot, file, offset + (uint64_t)(i - first) * PAGE_SIZE};
}

static bool model_free(int first, int last)
{
    for (int i = first; i < last; i++) {
        if (model[i].mapped)
            return false;
    }
    return true;
}

/* The model's highest gap of so many pages, or -1. */
static int model_gap(int n)
{
    for (int first = N - n; first >= 0; first--) {
        if (model_free(first, first + n))
            return first;
    }
    return -1;
}

static bool gap_is_right(void)
{
    int n = 1 + host_random(10), expected = model_gap(n);
    uint64_t found = areas_find_gap(&space, (uint64_t)n * PAGE_SIZE, space.mmap_top);
    if (expected >= 0)
        return found == at(expected);
    return found < BASE; /* below what the test uses */
}

static void random_step(void)
{
    struct list dead;
    list_init(&dead);
    int first = host_random(N), last = first + 1 + host_random(min(N - first, 12));
    uint32_t prot = host_random(3);
    host_require(areas_reserve(&space, 3), "no memory");
    switch (host_random(3)) {
    case 0:
        areas_cut(&space, at(first), at(last), &dead);
        for (int i = first; i < last; i++)
            model[i].mapped = false;
        break;
    case 1:
        if (areas_check(&space, at(first), at(last), prot) < 0)
            break;
        areas_protect(&space, at(first), at(last), prot);
        for (int i = first; i < last; i++)
            model[i].prot = prot;
        break;
    default:
        if (areas_free(&space, at(first), at(last))) {
            int file = (int)host_random(3) - 1;
            /* often at the offset that continues a neighbour */
            add(first, last, prot, file, file < 0 ? 0 : (first + host_random(2)) * PAGE_SIZE);
        }
    }
}

static void test_random(void)
{
    bool right = true, gaps = true, frees = true;
    for (int step = 0; step < 100000 && right; step++) {
        random_step();
        right = same_as_model();
        gaps = gaps && gap_is_right();
        int first = host_random(N), last = first + 1 + host_random(min(N - first, 12));
        frees = frees && areas_free(&space, at(first), at(last)) == model_free(first, last);
    }
    ok(right, "100000 random adds, cuts and protects");
    ok(gaps, "the highest gap is found each time");
    ok(frees, "what is free is free");
    ok(n_detached > 0, "mappings without areas were let go (%u times)", n_detached);
}

static void test_checks(void)
{
    struct list dead;
    list_init(&dead);
    areas_cut(&space, at(0), at(N), &dead);
    ok(space.n_areas == 0 && space.n_pages == 0, "all cut");
    struct area area = {.start = at(1), .end = at(3), .prot = PROT_READ, .max_prot = PROT_READ};
    areas_add(&space, &area);
    ok(areas_check(&space, at(1), at(3), PROT_READ) == 0, "all mapped");
    ok(areas_check(&space, at(1), at(4), PROT_READ) == -ENOMEM, "a hole at the end");
    ok(areas_check(&space, at(0), at(2), PROT_READ) == -ENOMEM, "a hole at the start");
    ok(areas_check(&space, at(1), at(2), PROT_WRITE) == -EACCES, "more than may be granted");
}

int main(void)
{
    host_memory_init();
    mm_init(&(struct memory_range){HOST_FIRST, HOST_FIRST + HOST_MEMORY}, 1);
    test_random();
    test_checks();
    return tap_done();
}

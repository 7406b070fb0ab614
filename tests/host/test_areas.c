/* The VMAs of a space, compared with an array that has an entry for each page; and the trees in
 * which they are. */
/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include "mm_shim.h"
#include "tap.h"
#include "../../kernel/mm/frames.c"
#include "../../kernel/mm/objects.c"
#include "../../kernel/mm/vmas.c"

enum { N = 64, BASE = 0x100000 };

void kstacks_trim(void) {}
static unsigned n_detached;
void mapping_unpin(struct mapping *mapping, struct list *dead)
{
    (void)dead;
    n_detached += --mapping->n_vmas == 0;
}
struct mapping *mapping_copy(struct space *child, const struct mapping *parents)
{
    (void)child, (void)parents;
    abort();
}

static struct space space = {.mmap_top = BASE + N * PAGE_SIZE};
static struct backing files[2];
static struct mapping mappings[2] = {{.backing = &files[0]}, {.backing = &files[1]}};

struct page { /* the model of a page */
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

/* Should two neighbours of the model be one VMA? */
static bool alike(const struct page *a, const struct page *b)
{
    return a->mapped && b->mapped && a->prot == b->prot && a->file == b->file &&
           (a->file < 0 || a->offset + PAGE_SIZE == b->offset);
}

/* Does a search find all VMAs of a file that show something at or after the offset, and no
 * others? */
static bool index_is_right(int file, uint64_t from)
{
    uint32_t n = 0, n_expected = 0;
    struct max_node *node = max_tree_end(&mappings[file].vmas, from + 1, MAX_FORWARD);
    for (uint64_t last = 0; node; node = max_tree_step(node, from + 1, MAX_FORWARD), n++) {
        struct vma *vma = container_of(node, struct vma, by_offset);
        if (vma->backing != &files[file] || vma->offset < last ||
            vma->offset + (vma->end - vma->start) <= from)
            return false;
        last = vma->offset;
    }
    for (struct vma *vma = vma_find(&space, 0); vma; vma = vma_next(vma))
        n_expected += vma->backing == &files[file] && vma->offset + (vma->end - vma->start) > from;
    return n == n_expected;
}

static bool same_as_model(void)
{
    uint32_t n_expected = 0, n_pages = 0, n_data = 0, counts[2] = {0};
    for (int i = 0; i < N; i++) {
        const struct page *page = &model[i];
        const struct vma *vma = vma_at(&space, at(i) + 5);
        n_pages += page->mapped;
        n_data += page->mapped && page->prot & PROT_WRITE;
        if (page->mapped != (vma != NULL))
            return false;
        if (!vma)
            continue;
        bool begins = i == 0 || !alike(&model[i - 1], page);
        n_expected += begins;
        if (begins && page->file >= 0)
            counts[page->file]++;
        if (begins != (vma->start == at(i)) || vma->prot != page->prot ||
            vma->backing != (page->file < 0 ? NULL : &files[page->file]) ||
            (vma->backing && vma->offset + at(i) - vma->start != page->offset))
            return false;
    }
    return space.n_vmas == n_expected && space.n_pages == n_pages && space.n_data_pages == n_data &&
           mappings[0].n_vmas == counts[0] && mappings[1].n_vmas == counts[1];
}

static void add(int first, int last, uint32_t prot, int file, uint64_t offset)
{
    struct vma vma = {.start = at(first), .end = at(last), .prot = prot, .max_prot = 7};
    if (file >= 0) {
        vma.backing = &files[file];
        vma.mapping = &mappings[file];
        vma.offset = offset;
    }
    vmas_add(&space, &vma);
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

/* The highest gap of n pages in the model, or -1. */
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
    uint64_t found = vmas_find_gap(&space, (uint64_t)n * PAGE_SIZE, space.mmap_top);
    if (expected >= 0)
        return found == at(expected);
    return found < BASE; /* below what the test uses */
}

/* Changes the protection of the part of one VMA that lies in the range. */
static void protect(int first, int last, uint32_t prot)
{
    struct vma *vma = vma_find(&space, at(first));
    if (!vma || vma->start >= at(last))
        return;
    first = max(first, (int)((vma->start - BASE) / PAGE_SIZE));
    last = min(last, (int)((vma->end - BASE) / PAGE_SIZE));
    vma_change(&space, vma, at(first), at(last), prot, 0);
    for (int i = first; i < last; i++)
        model[i].prot = prot;
}

static void random_step(void)
{
    struct list dead;
    list_init(&dead);
    int first = host_random(N), last = first + 1 + host_random(min(N - first, 12));
    uint32_t prot = host_random(3);
    host_require(vmas_reserve(&space, 2), "no memory");
    switch (host_random(3)) {
    case 0:
        vmas_cut(&space, at(first), at(last), &dead);
        for (int i = first; i < last; i++)
            model[i].mapped = false;
        break;
    case 1: protect(first, last, prot); break;
    default:
        if (vmas_free(&space, at(first), at(last))) {
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
        right = same_as_model() && index_is_right(host_random(2), host_random(N) * PAGE_SIZE);
        gaps = gaps && gap_is_right();
        int first = host_random(N), last = first + 1 + host_random(min(N - first, 12));
        frees = frees && vmas_free(&space, at(first), at(last)) == model_free(first, last);
    }
    ok(right, "100000 random adds, cuts and protects");
    ok(gaps, "the highest gap is found each time");
    ok(frees, "what is free is free");
    ok(n_detached > 0, "mappings without areas were let go (%u times)", n_detached);
}

/* The gap below a stack stays free, and a gap that reaches above `top` is cut off there. */
static void test_gaps(void)
{
    struct list dead;
    list_init(&dead);
    vmas_cut(&space, at(0), at(N), &dead);
    uint64_t stack = BASE + 16 * STACK_GAP, top = stack + 10 * PAGE_SIZE;
    struct vma vmas[] = {{.start = stack, .end = top, .flags = VMA_STACK},
                         {.start = BASE, .end = BASE + PAGE_SIZE}};
    for (int i = 0; i < 2; i++) {
        host_require(vmas_reserve(&space, 1), "no memory");
        vmas_add(&space, &vmas[i]);
    }
    ok(vmas_find_gap(&space, PAGE_SIZE, top) == stack - STACK_GAP - PAGE_SIZE &&
           vmas_find_gap(&space, PAGE_SIZE, top + PAGE_SIZE) == top,
       "the gap below a stack is not given out");
    ok(vmas_find_gap(&space, 15 * STACK_GAP - PAGE_SIZE, top) == BASE + PAGE_SIZE &&
           vmas_find_gap(&space, 15 * STACK_GAP, top) == 0,
       "nor is it where a gap is nearly large enough");
    vma_resize(&space, vma_find(&space, 0), BASE, stack - STACK_GAP);
    ok(vmas_find_gap(&space, PAGE_SIZE, top) == BASE - PAGE_SIZE, "without it there is no gap");
    vmas_cut(&space, BASE, top, &dead);
}

/* Many VMAs: if anything were quadratic, this would take minutes. */
static void test_many(void)
{
    enum { MANY = 60000 };
    struct list dead;
    list_init(&dead);
    for (uint64_t i = 0; i < MANY; i++) {
        uint64_t start = vmas_find_gap(&space, PAGE_SIZE, USER_END);
        struct vma vma = {.start = start, .end = start + PAGE_SIZE, .prot = i & 1, .max_prot = 7};
        host_require(vmas_reserve(&space, 1), "no memory");
        vmas_add(&space, &vma);
    }
    ok(space.n_vmas == MANY && vma_last(&space)->end == USER_END, "%d areas", MANY);
    for (uint64_t at = vma_find(&space, 0)->start; at < USER_END; at += 2 * PAGE_SIZE) {
        host_require(vmas_reserve(&space, 2), "no memory");
        struct vma *vma = vma_at(&space, at);
        vma_change(&space, vma, at, at + PAGE_SIZE, !vma->prot, 0);
    }
    ok(space.n_vmas == 1, "joined by changing half of them");
    while (vmas_drop(&space, &dead))
        ;
    vmas_release(&space);
    ok(space.n_vmas == 0 && !vma_find(&space, 0), "dropped");
}

static void test_checks(void)
{
    struct list dead;
    list_init(&dead);
    vmas_cut(&space, at(0), at(N), &dead);
    ok(space.n_vmas == 0 && space.n_pages == 0, "all cut");
}

int main(void)
{
    host_memory_init();
    mm_init(&(struct memory_range){HOST_FIRST, HOST_FIRST + HOST_MEMORY}, 1);
    test_random();
    test_checks();
    test_gaps();
    test_many();
    return tap_done();
}

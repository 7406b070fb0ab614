/* qsort: a merge sort, which keeps the order of equal elements; without memory a heap sort. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

struct sort {
    char *base;
    size_t size;
    int (*compare)(const void *, const void *, void *);
    void *context;
};

static int order(const struct sort *s, const char *a, const char *b)
{
    return s->compare(a, b, s->context);
}

static void swap(char *a, char *b, size_t size)
{
    while (size-- > 0) {
        char byte = *a;

        *a++ = *b;
        *b++ = byte;
    }
}

static void insertion_sort(const struct sort *s, char *base, size_t n)
{
    for (size_t i = 1; i < n; i++)
        for (char *at = base + i * s->size; at > base && order(s, at - s->size, at) > 0;
             at -= s->size)
            swap(at - s->size, at, s->size);
}

/* Sorts n elements at base; `room` has space for half of them. The depth of recursion is log2 n. */
static void merge_sort(const struct sort *s, char *base, size_t n, char *room)
{
    if (n < 8) {
        insertion_sort(s, base, n);
        return;
    }
    size_t left = n / 2 * s->size, all = n * s->size;
    merge_sort(s, base, n / 2, room);
    merge_sort(s, base + left, n - n / 2, room);
    if (order(s, base + left - s->size, base + left) <= 0)
        return;
    memcpy(room, base, left);
    char *a = room, *a_end = room + left, *b = base + left, *b_end = base + all, *to = base;
    while (a < a_end && b < b_end) {
        char **from = order(s, a, b) <= 0 ? &a : &b;

        memcpy(to, *from, s->size);
        *from += s->size;
        to += s->size;
    }
    memcpy(to, a, (size_t)(a_end - a));
}

static void sift_down(const struct sort *s, size_t root, size_t n)
{
    for (size_t child; (child = 2 * root + 1) < n; root = child) {
        char *at = s->base + child * s->size;

        if (child + 1 < n && order(s, at, at + s->size) < 0) {
            child++;
            at += s->size;
        }
        if (order(s, s->base + root * s->size, at) >= 0)
            return;
        swap(s->base + root * s->size, at, s->size);
    }
}

static void heap_sort(const struct sort *s, size_t n)
{
    for (size_t root = n / 2; root-- > 0;)
        sift_down(s, root, n);
    while (n-- > 1) {
        swap(s->base, s->base + n * s->size, s->size);
        sift_down(s, 0, n);
    }
}

void qsort_r(void *base, size_t n, size_t size, int (*compare)(const void *, const void *, void *),
             void *context)
{
    struct sort s = {base, size, compare, context};
    char small[512];
    char *room = small;

    if (n < 2 || size == 0)
        return;
    if (n / 2 > sizeof(small) / size)
        room = malloc(n / 2 * size);
    if (room)
        merge_sort(&s, base, n, room);
    else
        heap_sort(&s, n);
    if (room != small)
        free(room);
}

static int compare_two(const void *a, const void *b, void *compare)
{
    return (*(int (**)(const void *, const void *))compare)(a, b);
}

void qsort(void *base, size_t n, size_t size, int (*compare)(const void *, const void *))
{
    qsort_r(base, n, size, compare_two, &compare);
}

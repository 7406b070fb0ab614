/* lsearch and lfind, in arrays; insque and remque, for lists. */
/* SPDX-License-Identifier: MIT */
#include <search.h>
#include <string.h>

void *lfind(const void *key, const void *base, size_t *n, size_t size,
            int (*compare)(const void *, const void *))
{
    const char *element = base;

    for (size_t i = 0; i < *n; i++, element += size)
        if (compare(key, element) == 0)
            return (void *)element;
    return NULL;
}

void *lsearch(const void *key, void *base, size_t *n, size_t size,
              int (*compare)(const void *, const void *))
{
    void *found = lfind(key, base, n, size, compare);

    if (found)
        return found;
    /* NOLINTNEXTLINE(clang-analyzer-unix.cstring.NullArg): the array is the caller's, never NULL */
    return memcpy((char *)base + size * (*n)++, key, size);
}

struct link {
    struct link *next, *previous;
};

void insque(void *element, void *previous)
{
    struct link *link = element, *before = previous;

    link->previous = before;
    link->next = before ? before->next : NULL;
    if (before)
        before->next = link;
    if (link->next)
        link->next->previous = link;
}

void remque(void *element)
{
    struct link *link = element;

    if (link->previous)
        link->previous->next = link->next;
    if (link->next)
        link->next->previous = link->previous;
}

/* Search tables: hashing, trees, arrays and lists. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stddef.h>

typedef struct entry {
    char *key;
    void *data;
} ENTRY;
typedef enum { FIND, ENTER } ACTION;
typedef enum { preorder, postorder, endorder, leaf } VISIT;

/* A hash table of at most n entries; a program has one, or its own (zero before hcreate_r). hcreate
 * is 0 if memory is short or there is a table already. The keys and data are the caller's. */
struct hsearch_data {
    ENTRY *table; /* free places have no key */
    unsigned int size, filled;
};
int hcreate(size_t n);
void hdestroy(void);
int hcreate_r(size_t n, struct hsearch_data *table);
void hdestroy_r(struct hsearch_data *table);

/* The entry with the key of `item`; with ENTER, item is entered if there is none. NULL, or 0 from
 * hsearch_r, with ESRCH if it is not found, ENOMEM if the table is full. */
ENTRY *hsearch(ENTRY item, ACTION action);
int hsearch_r(ENTRY item, ACTION action, ENTRY **found, struct hsearch_data *table);

/* A balanced tree, ordered by `compare`; *root is NULL at first. A node begins with a pointer to
 * its key. tsearch finds a key or adds it (NULL: no memory); tdelete returns the parent of the node
 * that it removes, the root if it was that, or NULL if there is none. */
void *tsearch(const void *key, void **root, int (*compare)(const void *, const void *));
void *tfind(const void *key, void *const *root, int (*compare)(const void *, const void *));
void *tdelete(const void *restrict key, void **restrict root,
              int (*compare)(const void *, const void *));
void twalk(const void *root, void (*visit)(const void *node, VISIT which, int depth));
void twalk_r(const void *root, void (*visit)(const void *node, VISIT which, void *context),
             void *context);
void tdestroy(void *root, void (*free_key)(void *key));

/* An array of *n elements; lsearch adds the key at its end if it is not there. */
void *lfind(const void *key, const void *base, size_t *n, size_t size,
            int (*compare)(const void *, const void *));
void *lsearch(const void *key, void *base, size_t *n, size_t size,
              int (*compare)(const void *, const void *));

/* Elements of a doubly linked list begin with pointers to the next and the previous one. */
void insque(void *element, void *previous);
void remque(void *element);

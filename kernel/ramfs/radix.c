/* A radix tree of words, as deep as its largest index needs: for pages of files and slots.
 *
 * A file needs a table from page numbers to frames. Many files have one page or none, some have
 * millions, and a program may write one byte at an offset of many terabytes. So the table must cost
 * nothing for a small file, and must not grow with the holes of a large one.
 *
 * An index is read as digits of 6 bits. Each level of the tree decodes one digit, the highest at
 * the top: a node is an array of 64 words, each the address of a node below or 0; at the lowest
 * level they are the words that are stored. The height is as many digits as the largest index has.
 * If the height is 0 there is no node at all: the root is itself the word of index 0. The top node
 * may have fewer than 64 words: a file of three pages gets one of 8. It is enlarged when needed
 * (widen). When 64 words are not enough, a new node is put above it (deepen). Holes cost nothing: a
 * place of 0 means that no index below it has a word.
 *
 * radix_row gives a whole node at a time, so that a reader of many pages does not walk down from
 * the root for each. For a hole it says how many indices it covers, and a search skips them.
 *
 * To remove a million words takes longer than a spinlock may be held. radix_cut stops after some of
 * them; the caller releases the lock, lets others run, and calls it again. Between two calls the
 * tree is complete and valid, only with fewer words. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

enum { LEAST_BITS = 3 };

/* How many bits of an index are below those that the top node decodes. */
static unsigned top_shift(const struct radix *radix)
{
    return NODE_BITS * (radix->height - 1u);
}

static bool covers(const struct radix *radix, uint64_t index)
{
    return radix->height == 0 ? index == 0
                              : index >> top_shift(radix) < (uint64_t)1 << radix->top_bits;
}

uint64_t radix_get(const struct radix *radix, uint64_t index)
{
    if (!covers(radix, index))
        return 0;
    uint64_t word = radix->root;
    unsigned shift = NODE_BITS * radix->height;
    while (shift > 0 && word != 0) {
        shift -= NODE_BITS;
        word = ((uint64_t *)word)[index >> shift & (NODE_WORDS - 1)];
    }
    return word;
}

uint64_t *radix_row(const struct radix *radix, uint64_t index, uint64_t *n)
{
    if (!covers(radix, index)) {
        *n = UINT64_MAX - index;
        return NULL;
    }
    if (radix->height == 0) {
        *n = 1;
        return (uint64_t *)&radix->root;
    }
    uint64_t node = radix->root;
    uint64_t size = (uint64_t)1 << radix->top_bits;
    unsigned shift = top_shift(radix);
    for (; shift > 0 && node != 0; shift -= NODE_BITS) {
        node = ((uint64_t *)node)[index >> shift & (NODE_WORDS - 1)];
        size = NODE_WORDS;
    }
    if (node == 0) {
        uint64_t span = (uint64_t)1 << (shift + NODE_BITS);
        *n = span - (index & (span - 1));
        return NULL;
    }
    uint64_t at = index & (size - 1);
    *n = size - at;
    return (uint64_t *)node + at;
}

/* Enlarges the top node to 1 << bits words. False: out of memory. */
static bool widen(struct radix *radix, unsigned bits)
{
    uint64_t *node = kzalloc(sizeof(uint64_t) << bits);
    if (!node)
        return false;
    if (radix->root) {
        memcpy(node, (void *)radix->root, sizeof(uint64_t) << radix->top_bits);
        kfree((void *)radix->root);
    }
    radix->root = (uint64_t)node;
    radix->top_bits = (uint8_t)bits;
    return true;
}

/* Adds a level: a new top node, whose first word is the former root. False: out of memory. */
static bool deepen(struct radix *radix)
{
    uint64_t *node = kzalloc(sizeof(uint64_t) << LEAST_BITS);
    if (!node)
        return false;
    node[0] = radix->root;
    radix->root = (uint64_t)node;
    radix->height++;
    radix->top_bits = LEAST_BITS;
    return true;
}

/* Enlarges the tree until the index is in its range. False: out of memory. */
static bool reach(struct radix *radix, uint64_t index)
{
    while (!covers(radix, index)) {
        bool wide = radix->height == 0 || radix->top_bits == NODE_BITS;
        if (wide && !deepen(radix))
            return false;
        unsigned bits = radix->top_bits;
        while (bits < NODE_BITS && index >> top_shift(radix) >= (uint64_t)1 << bits)
            bits++;
        if (bits > radix->top_bits && !widen(radix, bits))
            return false;
    }
    return true;
}

uint64_t *radix_make(struct radix *radix, uint64_t index)
{
    if (!reach(radix, index))
        return NULL;
    uint64_t *place = &radix->root;
    unsigned bits = radix->top_bits;
    for (unsigned shift = NODE_BITS * radix->height; shift > 0; bits = NODE_BITS) {
        shift -= NODE_BITS;
        if (*place == 0)
            *place = (uint64_t)kzalloc(sizeof(uint64_t) << bits);
        if (*place == 0)
            return NULL;
        place = (uint64_t *)*place + (index >> shift & (NODE_WORDS - 1));
    }
    return place;
}

struct cut {
    uint64_t first;
    int left; /* how many more words and nodes may be removed in this call */
    void (*drop)(uint64_t word, void *arg);
    void *arg;
};

/* Removes words below one place, which has 1 << shift indices from `base` on. True: nothing is left
 * there. When cut->left is used up the rest remains, for the next call. */
/* NOLINTNEXTLINE(misc-no-recursion): a level of nodes each, at most nine */
static bool cut_below(struct cut *cut, uint64_t word, uint64_t base, unsigned shift,
                      unsigned n_words)
{
    bool empty = base >= cut->first;
    if (word == 0)
        return empty;
    if (cut->left <= 0)
        return false;
    if (shift == 0) {
        cut->left -= empty;
        if (empty)
            cut->drop(word, cut->arg);
        return empty;
    }
    uint64_t *node = (uint64_t *)word;
    shift -= NODE_BITS;
    for (unsigned i = 0; i < n_words; i++) {
        uint64_t start = base + ((uint64_t)i << shift);
        if (start + ((uint64_t)1 << shift) <= cut->first)
            continue;
        if (cut_below(cut, node[i], start, shift, NODE_WORDS))
            node[i] = 0;
        else
            empty = false;
    }
    if (!empty)
        return false;
    cut->left--;
    kfree(node);
    return true;
}

bool radix_cut(struct radix *radix, uint64_t first, void (*drop)(uint64_t word, void *arg),
               void *arg)
{
    struct cut cut = {.first = first, .left = CUT_PIECE, .drop = drop, .arg = arg};
    if (radix->root == 0)
        return true;
    if (cut_below(&cut, radix->root, 0, NODE_BITS * radix->height, 1u << radix->top_bits))
        *radix = (struct radix){0};
    return cut.left > 0;
}

void radix_free(struct radix *radix, void (*drop)(uint64_t word, void *arg), void *arg)
{
    while (!radix_cut(radix, 0, drop, arg))
        cond_resched();
}

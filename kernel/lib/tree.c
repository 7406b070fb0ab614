/* An ordered tree with 64-bit keys: a treap, balanced by priorities hashed from node addresses.
 *
 * A treap is a search tree by key and a heap by priority: no child has a greater priority than its
 * parent. Keys and priorities together determine its shape, which is that of a search tree built by
 * inserting the nodes in order of priority. As the priorities are as good as random, so is that
 * order, and the expected depth is about 2.5 log2(n).
 *
 * Insertion walks down to the first node with a lower priority, puts the new node there, and splits
 * the subtree that was there into the smaller and the larger keys. Removal merges the two subtrees
 * of the node. Neither needs parent links or rotations. Nodes with equal keys are ordered by
 * address, so that every node has exactly one place. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

static uint64_t priority(const struct tree_node *node)
{
    uint64_t x = (uintptr_t)node * 0x9e3779b97f4a7c15ull;
    return (x ^ x >> 29) * 0xbf58476d1ce4e5b9ull;
}

static bool before(const struct tree_node *a, const struct tree_node *b)
{
    return a->key != b->key ? a->key < b->key : a < b;
}

void tree_insert(struct tree *tree, struct tree_node *node, uint64_t key)
{
    node->key = key;
    struct tree_node **link = &tree->root;
    while (*link && priority(*link) >= priority(node))
        link = before(node, *link) ? &(*link)->left : &(*link)->right;
    /* Split the subtree that was here: smaller keys to the left, larger ones to the right. */
    struct tree_node *rest = *link, **smaller = &node->left, **larger = &node->right;
    *link = node;
    while (rest) {
        if (before(rest, node)) {
            *smaller = rest;
            smaller = &rest->right;
            rest = rest->right;
        } else {
            *larger = rest;
            larger = &rest->left;
            rest = rest->left;
        }
    }
    *smaller = *larger = NULL;
}

void tree_remove(struct tree *tree, struct tree_node *node)
{
    struct tree_node **link = &tree->root;
    while (*link != node)
        link = before(node, *link) ? &(*link)->left : &(*link)->right;
    struct tree_node *left = node->left, *right = node->right;
    while (left && right) {
        if (priority(left) >= priority(right)) {
            *link = left;
            link = &left->right;
            left = left->right;
        } else {
            *link = right;
            link = &right->left;
            right = right->left;
        }
    }
    *link = left ? left : right;
    node->left = node->right = NULL;
}

struct tree_node *tree_first(const struct tree *tree)
{
    struct tree_node *node = tree->root;
    while (node && node->left)
        node = node->left;
    return node;
}

struct tree_node *tree_floor(const struct tree *tree, uint64_t key)
{
    struct tree_node *best = NULL;
    for (struct tree_node *node = tree->root; node;) {
        if (node->key <= key) {
            best = node;
            node = node->right;
        } else {
            node = node->left;
        }
    }
    return best;
}

struct tree_node *tree_ceil(const struct tree *tree, uint64_t key)
{
    struct tree_node *best = NULL;
    for (struct tree_node *node = tree->root; node;) {
        if (node->key >= key) {
            best = node;
            node = node->left;
        } else {
            node = node->right;
        }
    }
    return best;
}

struct tree_node *tree_next(const struct tree *tree, const struct tree_node *node)
{
    struct tree_node *best = NULL;
    for (struct tree_node *at = tree->root; at;) {
        if (before(node, at)) {
            best = at;
            at = at->left;
        } else {
            at = at->right;
        }
    }
    return best;
}

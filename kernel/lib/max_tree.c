/* An ordered tree whose nodes carry values, and which finds the next node with a large enough
 * value: a treap like tree.c, in which each node also knows the greatest value below it.
 *
 * For example, mm looks for a gap of at least so many pages among the areas of a space: the key is
 * the address of an area, the value is the size of the gap below it. A search skips every subtree
 * whose greatest value is too small, so it visits only a few nodes on each level.
 *
 * The invariant: `max` of a node is the greatest of its own value and the `max` of its children.
 * When a value changes, settle() therefore walks up by the parent links, and stops at the first
 * node whose maximum stays the same. Unlike in tree.c, insertion and removal use rotations, because
 * a rotation changes the children of only two nodes, whose maxima are easily recomputed. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"

/* A number that is unrelated to the order of the nodes: on average that keeps the tree shallow. */
static uint64_t priority_of(const struct max_node *node)
{
    uint64_t x = (uintptr_t)node * 0x9e3779b97f4a7c15ull;
    return (x ^ x >> 29) * 0xbf58476d1ce4e5b9ull;
}

static bool before(uint64_t key, const void *tie, const struct max_node *node)
{
    return key != node->key ? key < node->key : tie < (const void *)node;
}

/* Where the pointer to the node is kept. */
static struct max_node **link_of(struct max_tree *tree, const struct max_node *node)
{
    struct max_node *parent = node->parent;
    return parent ? &parent->child[parent->child[1] == node] : &tree->root;
}

/* What `max` of the node has to be, given that it is right in its children. */
static uint64_t greatest(const struct max_node *node)
{
    uint64_t most = node->value;
    if (node->child[0])
        most = max(most, node->child[0]->max);
    if (node->child[1])
        most = max(most, node->child[1]->max);
    return most;
}

/* Corrects the maxima of the node and of those above it, up to the first that is right already. */
static void settle(struct max_node *node)
{
    for (; node; node = node->parent) {
        uint64_t most = greatest(node);
        if (node->max == most)
            return;
        node->max = most;
    }
}

/* The child takes its parent's place, and the parent becomes its child. */
static void rotate_up(struct max_tree *tree, struct max_node *child)
{
    struct max_node *parent = child->parent;
    int side = parent->child[1] == child;
    *link_of(tree, parent) = child;
    child->parent = parent->parent;
    parent->child[side] = child->child[!side];
    if (parent->child[side])
        parent->child[side]->parent = parent;
    child->child[!side] = parent;
    parent->parent = child;
    child->max = parent->max;
    parent->max = greatest(parent);
}

/* Adds a new node as a leaf below a parent (NULL: as the root) and rotates it up to its place. */
static void attach(struct max_tree *tree, struct max_node *node, struct max_node *parent, int side)
{
    node->parent = parent;
    node->child[0] = node->child[1] = NULL;
    node->priority = priority_of(node);
    node->max = node->value;
    if (parent)
        parent->child[side] = node;
    else
        tree->root = node;
    for (struct max_node *at = parent; at && at->max < node->value; at = at->parent)
        at->max = node->value;
    while (node->parent && node->parent->priority < node->priority)
        rotate_up(tree, node);
}

void max_tree_insert(struct max_tree *tree, struct max_node *node, uint64_t key, uint64_t value)
{
    struct max_node *parent = NULL;
    int side = 0;
    node->key = key;
    node->value = value;
    for (struct max_node *at = tree->root; at; at = at->child[side]) {
        parent = at;
        side = !before(key, node, at);
    }
    attach(tree, node, parent, side);
}

/* Fills a copy of a node in, without children. */
static void node_copy(struct max_node *copy, const struct max_node *node, struct max_node *parent)
{
    copy->parent = parent;
    copy->child[0] = copy->child[1] = NULL;
    copy->priority = node->priority;
    copy->key = node->key;
    copy->value = node->value;
    copy->max = node->max;
}

void max_copy_begin(struct max_copy *copy, struct max_tree *to, const struct max_tree *from)
{
    to->root = NULL;
    *copy = (struct max_copy){.to = to, .next = from->root};
}

/* The copy has the shape of the original, so no keys are compared: each node is added below its
 * parent, on a walk through both trees at the same time. A node is left when all below it is
 * copied. Its maximum is copied again then, because values below it may have changed before their
 * turn. */
void max_copy_add(struct max_copy *copy, struct max_node *made)
{
    const struct max_node *node = copy->next;
    node_copy(made, node, copy->parent);
    *(copy->parent ? &copy->parent->child[copy->side] : &copy->to->root) = made;
    for (; made; node = node->parent, made = made->parent) {
        made->max = node->max;
        int side = !node->child[0] || made->child[0];
        copy->next = node->child[side];
        copy->parent = made;
        copy->side = side;
        if (copy->next && !made->child[side])
            return;
    }
    copy->next = NULL;
}

void max_copy_update(struct max_node *copy, const struct max_node *node)
{
    for (; node; node = node->parent, copy = copy->parent) {
        copy->key = node->key;
        copy->value = node->value;
        copy->max = node->max;
    }
}

void max_tree_remove(struct max_tree *tree, struct max_node *node)
{
    while (node->child[0] && node->child[1])
        rotate_up(tree, node->child[node->child[0]->priority < node->child[1]->priority]);
    struct max_node *rest = node->child[0] ? node->child[0] : node->child[1];
    *link_of(tree, node) = rest;
    if (rest)
        rest->parent = node->parent;
    settle(node->parent);
}

void max_tree_set(struct max_node *node, uint64_t value)
{
    node->value = value;
    settle(node);
}

/* The first node of a subtree, in that direction, with a value of at least `least`. The subtree has
 * such a node. */
static struct max_node *seek(struct max_node *node, uint64_t least, int direction)
{
    for (;;) {
        struct max_node *near = node->child[!direction];
        if (near && near->max >= least)
            node = near;
        else if (node->value >= least)
            return node;
        else
            node = node->child[direction];
    }
}

struct max_node *max_tree_end(const struct max_tree *tree, uint64_t least, int direction)
{
    struct max_node *root = tree->root;
    return root && root->max >= least ? seek(root, least, direction) : NULL;
}

struct max_node *max_tree_step(const struct max_node *node, uint64_t least, int direction)
{
    for (;;) {
        struct max_node *far = node->child[direction];
        if (far && far->max >= least)
            return seek(far, least, direction);
        while (node->parent && node == node->parent->child[direction])
            node = node->parent;
        node = node->parent;
        if (!node || node->value >= least)
            return (struct max_node *)node;
    }
}

struct max_node *max_tree_after(const struct max_tree *tree, uint64_t key, const void *tie,
                                uint64_t least)
{
    struct max_node *best = NULL;
    for (struct max_node *at = tree->root; at;) {
        if (before(key, tie, at)) {
            best = at;
            at = at->child[0];
        } else {
            at = at->child[1];
        }
    }
    return !best || best->value >= least ? best : max_tree_step(best, least, MAX_FORWARD);
}

struct max_node *max_tree_pop_leaf(struct max_tree *tree, struct max_node *from)
{
    struct max_node *node = from ? from : tree->root;
    while (node && (node->child[0] || node->child[1]))
        node = node->child[0] ? node->child[0] : node->child[1];
    if (node)
        *link_of(tree, node) = NULL;
    return node;
}

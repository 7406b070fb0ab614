/* tsearch: an AVL tree. The heights of a node's two subtrees differ by 1 at most, so a tree of n
 * nodes is less than 1.45 log2 n high. After a change the nodes on the path to it are balanced,
 * from below. */
/* SPDX-License-Identifier: MIT */
#include <search.h>
#include <stdlib.h>

#define MOST_HEIGHT 96

struct tree {
    const void *key; /* first, as search.h promises */
    struct tree *child[2];
    int height;
};

/* The pointers that point to the nodes from the root down to a place. */
struct path {
    struct tree **at[MOST_HEIGHT];
    int n;
};

static int height(const struct tree *tree)
{
    return tree ? tree->height : 0;
}

static void measure(struct tree *tree)
{
    int left = height(tree->child[0]), right = height(tree->child[1]);

    tree->height = 1 + (left > right ? left : right);
}

/* Makes the child on one side the parent of its parent. */
static void rotate(struct tree **at, int side)
{
    struct tree *down = *at, *up = down->child[side];

    down->child[side] = up->child[!side];
    up->child[!side] = down;
    measure(down);
    measure(up);
    *at = up;
}

static void balance(struct tree **at)
{
    struct tree *tree = *at;
    int more = height(tree->child[1]) - height(tree->child[0]), side = more > 0;

    measure(tree);
    if (more >= -1 && more <= 1)
        return;
    struct tree *high = tree->child[side];
    if (height(high->child[!side]) > height(high->child[side]))
        rotate(&tree->child[side], !side);
    rotate(at, side);
}

static void balance_path(const struct path *path, int n)
{
    while (n > 0)
        balance(path->at[--n]);
}

/* Goes down to a key; the last pointer of the path is NULL if it is not there. */
static void go_down(const void *key, struct tree **root, int (*compare)(const void *, const void *),
                    struct path *path)
{
    path->n = 0;
    for (;;) {
        path->at[path->n++] = root;
        int order = *root ? compare(key, (*root)->key) : 0;
        if (order == 0)
            return;
        root = &(*root)->child[order > 0];
    }
}

void *tfind(const void *key, void *const *root, int (*compare)(const void *, const void *))
{
    struct path path;

    if (!root)
        return NULL;
    go_down(key, (struct tree **)root, compare, &path);
    return *path.at[path.n - 1];
}

void *tsearch(const void *key, void **root, int (*compare)(const void *, const void *))
{
    struct path path;

    if (!root)
        return NULL;
    go_down(key, (struct tree **)root, compare, &path);
    struct tree **place = path.at[path.n - 1], *added = *place;
    if (added)
        return added;
    added = malloc(sizeof(*added));
    if (!added)
        return NULL;
    *added = (struct tree){key, {NULL, NULL}, 1};
    *place = added;
    balance_path(&path, path.n - 1);
    return added;
}

/* A node with two children gets the key of the next one in order, which is removed in its place. */
void *tdelete(const void *restrict key, void **restrict root,
              int (*compare)(const void *, const void *))
{
    struct path path;

    if (!root)
        return NULL;
    go_down(key, (struct tree **)root, compare, &path);
    struct tree *found = *path.at[path.n - 1];
    void *parent = path.n > 1 ? *path.at[path.n - 2] : (void *)root;
    if (!found)
        return NULL;
    if (found->child[0] && found->child[1]) {
        path.at[path.n++] = &found->child[1];
        while ((*path.at[path.n - 1])->child[0]) {
            path.at[path.n] = &(*path.at[path.n - 1])->child[0];
            path.n++;
        }
    }
    struct tree **place = path.at[path.n - 1], *removed = *place;
    found->key = removed->key;
    *place = removed->child[0] ? removed->child[0] : removed->child[1];
    balance_path(&path, path.n - 1);
    free(removed);
    return parent;
}

static void walk(const struct tree *tree, void (*visit)(const void *, VISIT, int), int depth)
{
    if (!tree->child[0] && !tree->child[1]) {
        visit(tree, leaf, depth);
        return;
    }
    visit(tree, preorder, depth);
    if (tree->child[0])
        walk(tree->child[0], visit, depth + 1);
    visit(tree, postorder, depth);
    if (tree->child[1])
        walk(tree->child[1], visit, depth + 1);
    visit(tree, endorder, depth);
}

void twalk(const void *root, void (*visit)(const void *node, VISIT which, int depth))
{
    if (root && visit)
        walk(root, visit, 0);
}

static void walk_with(const struct tree *tree, void (*visit)(const void *, VISIT, void *),
                      void *context)
{
    if (!tree->child[0] && !tree->child[1]) {
        visit(tree, leaf, context);
        return;
    }
    visit(tree, preorder, context);
    if (tree->child[0])
        walk_with(tree->child[0], visit, context);
    visit(tree, postorder, context);
    if (tree->child[1])
        walk_with(tree->child[1], visit, context);
    visit(tree, endorder, context);
}

void twalk_r(const void *root, void (*visit)(const void *node, VISIT which, void *context),
             void *context)
{
    if (root && visit)
        walk_with(root, visit, context);
}

void tdestroy(void *root, void (*free_key)(void *key))
{
    struct tree *tree = root;

    if (!tree)
        return;
    tdestroy(tree->child[0], free_key);
    tdestroy(tree->child[1], free_key);
    if (free_key)
        free_key((void *)tree->key);
    free(tree);
}

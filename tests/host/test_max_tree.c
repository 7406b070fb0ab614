/* The ordered tree with values against a plain array: order, maxima, and what a search finds. */
/* SPDX-License-Identifier: MIT */
#include "lib.h"
#include "tap.h"

enum { N = 200, KEYS = 60, VALUES = 50 };

static struct max_node nodes[N], copies[N];
static bool present[N];
static struct max_tree tree;
static int count;

static uint32_t next_random(uint32_t n)
{
    static uint32_t seed = 7;
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static bool before(const struct max_node *a, const struct max_node *b)
{
    return a->key != b->key ? a->key < b->key : a < b;
}

/* The nearest node in that direction from `from` (NULL: from the end) by looking at all. */
static struct max_node *expected(const struct max_node *from, uint64_t least, int direction)
{
    struct max_node *best = NULL;
    for (int i = 0; i < N; i++) {
        struct max_node *node = &nodes[i];
        if (!present[i] || node->value < least || node == from)
            continue;
        if (from && before(from, node) != (direction == MAX_FORWARD))
            continue;
        if (!best || before(node, best) == (direction == MAX_FORWARD))
            best = node;
    }
    return best;
}

static bool searches_are_right(void)
{
    uint64_t least = next_random(VALUES + 1);
    int direction = next_random(2), i = next_random(N);
    if (max_tree_end(&tree, least, direction) != expected(NULL, least, direction))
        return false;
    if (max_tree_after(&tree, nodes[i].key, &nodes[i], least) !=
        expected(&nodes[i], least, MAX_FORWARD))
        return false;
    return !present[i] ||
           max_tree_step(&nodes[i], least, direction) == expected(&nodes[i], least, direction);
}

static bool order_is_right(void)
{
    int n = 0;
    const struct max_node *last = NULL;
    for (struct max_node *node = max_tree_end(&tree, 0, MAX_FORWARD); node;
         node = max_tree_step(node, 0, MAX_FORWARD), n++) {
        if (last && !before(last, node))
            return false;
        last = node;
    }
    return n == count;
}

static void random_step(void)
{
    int i = next_random(N);
    if (present[i] && next_random(3) == 0) {
        max_tree_set(&nodes[i], next_random(VALUES));
        return;
    }
    if (present[i])
        max_tree_remove(&tree, &nodes[i]);
    else
        max_tree_insert(&tree, &nodes[i], next_random(KEYS), next_random(VALUES));
    present[i] = !present[i];
    count += present[i] ? 1 : -1;
}

static void test_random(void)
{
    bool right = true;
    for (int step = 0; step < 100000 && right; step++) {
        random_step();
        right = searches_are_right() && (step % 10 || order_is_right());
    }
    ok(right, "100000 random steps with equal keys among them");
}

/* Lets the links of all nodes, moved from copies[] to nodes[], point to the new places. */
static struct max_node *moved(struct max_node *node)
{
    return node ? &nodes[node - copies] : NULL;
}

static void move_links(void)
{
    tree.root = moved(tree.root);
    for (int i = 0; i < N; i++) {
        nodes[i].parent = moved(nodes[i].parent);
        nodes[i].child[0] = moved(nodes[i].child[0]);
        nodes[i].child[1] = moved(nodes[i].child[1]);
    }
}

/* Copies so many nodes at most; afterwards values change, also above and below what is copied. */
static void copy_some(struct max_copy *copy, int n)
{
    for (; n > 0 && copy->next; n--)
        max_copy_add(copy, &copies[copy->next - nodes]);
}

static bool is_copied(int i)
{
    return copies[i].priority;
}

static void change_value(int i)
{
    max_tree_set(&nodes[i], next_random(VALUES));
    if (is_copied(i))
        max_copy_update(&copies[i], &nodes[i]);
}

/* Is the maximum of each node that of its value and of its children? */
static bool maxima_are_right(void)
{
    bool right = true;
    for (int i = 0; i < N; i++) {
        uint64_t most = nodes[i].value;
        for (int side = 0; side < 2; side++)
            most = nodes[i].child[side] ? max(most, nodes[i].child[side]->max) : most;
        right = right && nodes[i].max == most;
    }
    return right;
}

/* A copy is searched in the original's place; then it is taken down. */
static void test_copy_and_pop(void)
{
    tree.root = NULL;
    memset(present, 0, sizeof(present));
    for (int i = 0; i < N; i++) {
        max_tree_insert(&tree, &nodes[i], (uint64_t)i, next_random(VALUES));
        present[i] = true;
    }
    count = N;
    struct max_tree from = tree;
    struct max_copy copy;
    max_copy_begin(&copy, &tree, &from);
    copy_some(&copy, N / 2);
    bool right = copy.next;
    unsigned n = 0;
    for (struct max_node *leaf = NULL; (leaf = max_tree_pop_leaf(&tree, leaf)); leaf = leaf->parent)
        n++;
    ok(right && n == N / 2, "a copy for which nodes run out is a part");
    memset(copies, 0, sizeof(copies));
    max_copy_begin(&copy, &tree, &from);
    while (copy.next) {
        copy_some(&copy, 3);
        change_value((int)next_random(N));
    }
    memset(nodes, 0xee, sizeof(nodes)); /* the copy knows nothing of the original */
    memcpy(nodes, copies, sizeof(nodes));
    move_links();
    ok(maxima_are_right(), "a copy has the right maxima, also above what changed before its turn");
    right = order_is_right();
    for (int i = 0; i < 1000; i++)
        right = right && searches_are_right();
    ok(right, "a copy has all nodes in order, and the values that they have in the end");
    for (struct max_node *leaf = NULL; (leaf = max_tree_pop_leaf(&tree, leaf)); leaf = leaf->parent)
        count--;
    ok(count == 0 && !tree.root, "leaf after leaf taken out");
    tree.root = NULL;
    from.root = NULL;
    max_copy_begin(&copy, &tree, &from);
    ok(!copy.next && !tree.root, "of an empty tree");
}

int main(void)
{
    test_random();
    test_copy_and_pop();
    return tap_done();
}

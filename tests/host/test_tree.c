/* The ordered tree and the lists against plain arrays. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "lib.h"
#include "tap.h"

enum { N = 300 };

static struct tree_node nodes[N];
static bool present[N];

static uint32_t next_random(void)
{
    static uint32_t seed = 7;
    seed = seed * 1664525 + 1013904223;
    return seed >> 8;
}

/* Walks it and checks the order and the number; also floor and ceil of some keys. */
static bool tree_is_right(const struct tree *tree, int count)
{
    int seen = 0;
    const struct tree_node *last = NULL;
    for (struct tree_node *n = tree_first(tree); n; n = tree_next(tree, n)) {
        if (!present[n - nodes] || (last && last->key > n->key))
            return false;
        last = n;
        seen++;
    }
    if (seen != count)
        return false;
    uint64_t key = next_random() % 1000;
    const struct tree_node *floor = tree_floor(tree, key), *ceil = tree_ceil(tree, key);
    for (int i = 0; i < N; i++) {
        if (present[i] && nodes[i].key <= key && (!floor || floor->key < nodes[i].key))
            return false;
        if (present[i] && nodes[i].key >= key && (!ceil || ceil->key > nodes[i].key))
            return false;
    }
    return (!floor || floor->key <= key) && (!ceil || ceil->key >= key);
}

static void test_random_tree(void)
{
    struct tree tree = {0};
    int count = 0;
    bool right = true;
    for (int step = 0; step < 20000 && right; step++) {
        int i = (int)(next_random() % N);
        if (present[i])
            tree_remove(&tree, &nodes[i]);
        else
            tree_insert(&tree, &nodes[i], next_random() % 1000);
        present[i] = !present[i];
        count += present[i] ? 1 : -1;
        if (step % 10 == 0)
            right = tree_is_right(&tree, count);
    }
    ok(right, "20000 random steps with equal keys among them");
}

static int depth(const struct tree_node *node)
{
    return node ? 1 + max(depth(node->left), depth(node->right)) : 0;
}

static void test_depth(void)
{
    enum { MANY = 100000 };
    struct tree tree = {0};
    struct tree_node *many = calloc(MANY, sizeof(*many));
    for (int i = 0; i < MANY; i++)
        tree_insert(&tree, &many[i], (uint64_t)i);
    ok(depth(tree.root) < 60, "100000 ascending keys: depth %d", depth(tree.root));
    for (int i = 0; i < MANY; i++)
        tree_remove(&tree, tree_first(&tree));
    ok(tree.root == NULL, "removing the first until empty");
    free(many);
}

struct item {
    int value;
    struct list link;
};

static int digits(struct list *head)
{
    struct item *item;
    int result = 0;
    list_for_each(item, head, link)
        result = result * 10 + item->value;
    return result;
}

static void test_list(void)
{
    struct list a, b;
    struct item items[5], *item, *spare;
    list_init(&a);
    list_init(&b);
    for (int i = 0; i < 5; i++)
        items[i].value = i + 1;
    ok(list_empty(&a) && !list_first(&a, struct item, link), "empty");
    list_add_tail(&a, &items[1].link);
    list_add_tail(&a, &items[2].link);
    list_add_head(&a, &items[0].link);
    ok(digits(&a) == 123 && list_first(&a, struct item, link)->value == 1, "head and tail");
    list_add_before(&items[1].link, &items[4].link);
    ok(digits(&a) == 1523 && list_last(&a, struct item, link)->value == 3, "before");
    list_remove(&items[4].link);
    list_remove(&items[4].link);
    ok(digits(&a) == 123, "removing twice does no harm");
    list_add_tail(&b, &items[3].link);
    list_splice_tail(&b, &a);
    ok(digits(&b) == 4123 && list_empty(&a), "splice");
    list_for_each_safe(item, spare, &b, link)
        if (item->value % 2)
            list_remove(&item->link);
    ok(digits(&b) == 42, "removing while walking");
}

static void test_bitmap(void)
{
    uint64_t map[4] = {~0ull, ~0ull, 0, 0};
    ok(bitmap_next_clear(map, 256, 0) == 128 && bitmap_next_clear(map, 100, 0) == 100, "clear");
    bitmap_set(map, 200);
    bitmap_clear(map, 70);
    ok(bitmap_next_clear(map, 256, 3) == 70 && bitmap_next_set(map, 256, 128) == 200, "one bit");
    ok(bitmap_next_set(map, 256, 201) == 256 && bitmap_test(map, 200), "none is left");
}

int main(void)
{
    test_random_tree();
    test_depth();
    test_list();
    test_bitmap();
    return tap_done();
}

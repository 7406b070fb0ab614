/* Settings that are a number: show it, and change it within limits. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

int proc_text_number(struct text *text, const struct proc_inode *of)
{
    text_add(text, "%lu\n", __atomic_load_n(of->node->number, __ATOMIC_RELAXED));
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* At a position other than 0 a write has no effect, as on Linux. */
long proc_set_number(const struct proc_inode *of, char *line, size_t n, uint64_t pos)
{
    const struct proc_node *node = of->node;
    uint64_t value;
    size_t from = 0, end = n;
    if (pos)
        return (long)n;
    while (end > 0 && is_space(line[end - 1]))
        end--;
    while (from < end && is_space(line[from]))
        from++;
    if (!number_parse(line + from, end - from, 10, &value) || value < node->least ||
        value > node->most)
        return -EINVAL;
    __atomic_store_n(node->number, value, __ATOMIC_RELAXED);
    return (long)n;
}

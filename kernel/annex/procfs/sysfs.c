/* /sys: what programs look up there about processors and memory. Nodes and files work like those of
 * /proc. */
/* SPDX-License-Identifier: MIT */
#include "nodes.h"

/* ---- All processors ---- */

static uint32_t all_cpus(void)
{
    return (1u << n_cpus) - 1;
}

static int text_online(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add_list(text, all_cpus());
    text_add(text, "\n");
    return 0;
}

static int text_offline(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "\n"); /* all processors have been started */
    return 0;
}

static int text_kernel_max(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", MAX_CPUS - 1);
    return 0;
}

/* ---- One processor: `fd` says which ---- */

static uint32_t of_core(const struct proc_inode *of)
{
    return cpus_beside(of->fd, cpu_identity.core_shift);
}

static uint32_t of_package(const struct proc_inode *of)
{
    return cpus_beside(of->fd, cpu_identity.package_shift);
}

static int add_mask_line(struct text *text, uint32_t mask)
{
    text_add_mask(text, mask);
    text_add(text, "\n");
    return 0;
}

static int add_list_line(struct text *text, uint32_t mask)
{
    text_add_list(text, mask);
    text_add(text, "\n");
    return 0;
}

static int text_core(struct text *text, const struct proc_inode *of)
{
    return add_mask_line(text, of_core(of));
}

static int text_core_list(struct text *text, const struct proc_inode *of)
{
    return add_list_line(text, of_core(of));
}

static int text_package(struct text *text, const struct proc_inode *of)
{
    return add_mask_line(text, of_package(of));
}

static int text_package_list(struct text *text, const struct proc_inode *of)
{
    return add_list_line(text, of_package(of));
}

static int text_core_id(struct text *text, const struct proc_inode *of)
{
    text_add(text, "%u\n", cpu_core_id(of->fd));
    return 0;
}

static int text_package_id(struct text *text, const struct proc_inode *of)
{
    text_add(text, "%u\n", cpus[of->fd]->apic_id >> cpu_identity.package_shift);
    return 0;
}

static long next_cpu(const struct proc_inode *dir, long from)
{
    (void)dir;
    return from < (long)n_cpus ? from : -ENOENT;
}

/* ---- Memory ---- */

static int text_huge_pages(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "always madvise [never]\n"); /* programs get only pages of 4 KB */
    return 0;
}

static int text_huge_page_size(struct text *text, const struct proc_inode *of)
{
    (void)of;
    text_add(text, "%d\n", TABLE_ENTRIES * PAGE_SIZE);
    return 0;
}

/* ---- The tables ---- */

/* clang-format off */
#define DIR_NODE(n, c) {.name = n, .mode = S_IFDIR | 0755, .children = c}
/* clang-format on */

static const struct proc_node topology_children[] = {
    SETTING_NODE("core_cpus", text_core),
    SETTING_NODE("core_cpus_list", text_core_list),
    SETTING_NODE("core_id", text_core_id),
    SETTING_NODE("core_siblings", text_package),
    SETTING_NODE("core_siblings_list", text_package_list),
    SETTING_NODE("package_cpus", text_package),
    SETTING_NODE("package_cpus_list", text_package_list),
    SETTING_NODE("physical_package_id", text_package_id),
    SETTING_NODE("thread_siblings", text_core),
    SETTING_NODE("thread_siblings_list", text_core_list),
    {},
};

static const struct proc_node one_cpu_children[] = {
    DIR_NODE("topology", topology_children),
    {},
};

static const struct proc_node one_cpu_node = {
    .mode = S_IFDIR | 0755,
    .children = one_cpu_children,
};

static const struct proc_node cpu_children[] = {
    SETTING_NODE("kernel_max", text_kernel_max), SETTING_NODE("offline", text_offline),
    SETTING_NODE("online", text_online),         SETTING_NODE("possible", text_online),
    SETTING_NODE("present", text_online),        {},
};

static const struct proc_node system_children[] = {
    {
        .name = "cpu",
        .mode = S_IFDIR | 0755,
        .children = cpu_children,
        .prefix = "cpu",
        .each = &one_cpu_node,
        .next = next_cpu,
    },
    {},
};

static const struct proc_node devices_children[] = {
    DIR_NODE("system", system_children),
    {},
};

static const struct proc_node huge_children[] = {
    SETTING_NODE("enabled", text_huge_pages),
    SETTING_NODE("hpage_pmd_size", text_huge_page_size),
    {},
};

static const struct proc_node mm_children[] = {
    DIR_NODE("transparent_hugepage", huge_children),
    {},
};

static const struct proc_node kernel_children[] = {
    DIR_NODE("mm", mm_children),
    {},
};

static const struct proc_node root_children[] = {
    DIR_NODE("devices", devices_children),
    DIR_NODE("kernel", kernel_children),
    {},
};

const struct proc_node sysfs_root_node = {
    .mode = S_IFDIR | 0555,
    .children = root_children,
};

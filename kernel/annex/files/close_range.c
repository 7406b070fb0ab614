/* close_range: closes many descriptors, or marks them to be closed by exec. */
/* SPDX-License-Identifier: MIT */
#include "syscall_calls.h"
#include "vfs/local.h"

/* Closes the descriptors first..last, or only marks them close-on-exec. */
static void close_all(struct fs_context *fs, uint32_t first, uint32_t last, bool only_mark)
{
    struct fd_table *table = fs->fds;
    uint32_t n_closed = 0;
    for (uint64_t fd = first; fd <= last; fd++) {
        spin_lock(&table->lock);
        fd = fd < table->size ? bitmap_next_set(table->used, table->size, fd) : table->size;
        bool found = fd < table->size && fd <= last;
        struct file *file = NULL;
        if (found && only_mark)
            table->slots[fd] |= CLOEXEC_BIT;
        else if (found)
            file = fd_table_take(table, (uint32_t)fd);
        spin_unlock(&table->lock);
        if (!found)
            return;
        if (file)
            fd_table_close_file(table, file);
        if (++n_closed % FILES_A_BREATH == 0 && !cond_resched())
            return;
    }
}

long sys_close_range(struct fs_context *fs, unsigned first, unsigned last, unsigned flags)
{
    if (flags & ~(CLOSE_RANGE_UNSHARE | CLOSE_RANGE_CLOEXEC) || first > last)
        return -EINVAL;
    if (flags & CLOSE_RANGE_UNSHARE) {
        int err = fs_context_unshare(fs, false, true);
        if (err)
            return err;
    }
    close_all(fs, first, last, flags & CLOSE_RANGE_CLOEXEC);
    return 0;
}

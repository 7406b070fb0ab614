/* /proc/PID/fail-nth: makes an allocation fail, so that a test reaches the code for that.
 *
 * A thread writes N there, and the N-th allocation in its system calls fails. A read says how many
 * are left; 0 when it has happened. It is as on Linux, except that a thread may use it only for
 * itself, and need not be root. */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "annex/procfs/nodes.h"

/* Asked before each allocation. Those of page faults in user mode do not count, as no call could
 * report the failure. */
static bool allocation_is_chosen(void)
{
    struct thread *self = current_thread();
    if (!self || !self->fail_nth || trap_frame_at(self->stack_top)->vector < TRAP_SYSCALL)
        return false;
    return --self->fail_nth == 0;
}

static bool is_callers(const struct proc_inode *of)
{
    return of->process == current_process() && (!of->thread || of->thread == current_thread()->tid);
}

static long live_fail_nth(const struct proc_inode *of, struct uio *uio, uint64_t pos)
{
    char text[24];
    if (!is_callers(of))
        return -EPERM;
    size_t length = format(text, sizeof(text), "%lu\n", current_thread()->fail_nth);
    size_t wanted = pos < length ? min(uio->left, length - pos) : 0;
    size_t n = uio_put(uio, text + min(pos, length), wanted);
    return n == 0 && wanted ? -EFAULT : (long)n;
}

static long write_fail_nth(const struct proc_inode *of, char *line, size_t n)
{
    uint64_t nth;
    size_t digits = n && line[n - 1] == '\n' ? n - 1 : n;
    /* The file may have been opened before an exec that gave other rights: those must not choose
     * which allocations fail now. */
    if (!is_callers(of) || of->process->dumpable != 1)
        return -EPERM;
    if (!number_parse(line, digits, 10, &nth) || nth > INT32_MAX)
        return -EINVAL;
    annex_hooks.fail_allocation = allocation_is_chosen;
    __atomic_store_n(&mm_fail_armed, true, __ATOMIC_RELEASE);
    current_thread()->fail_nth = nth;
    return (long)n;
}

#define FAIL_NTH(directory)            \
    {                                  \
        .dir = &(directory), .node = { \
            .name = "fail-nth",        \
            .mode = S_IFREG | 0644,    \
            .live = live_fail_nth,     \
            .write = write_fail_nth    \
        }                              \
    }

static void start(struct fs_context *fs, const char *command_line)
{
    static struct proc_addition files[] = {FAIL_NTH(proc_process_node), FAIL_NTH(proc_thread_node)};
    (void)fs, (void)command_line;
    proc_add(&files[0]);
    proc_add(&files[1]);
}

ANNEX(inject, ANNEX_FILES, start);

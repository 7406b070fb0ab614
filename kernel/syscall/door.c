/* The door: every system call comes in here, is noted, fetched and performed.
 *
 * A program puts the number of a call into rax and its arguments into six registers, and executes
 * SYSCALL. entry.S saves the registers in a trap frame on the thread's kernel stack and calls
 * syscall_enter(). Programs do so all the time, so the common path is short.
 *
 * The table syscall.tbl has a row for each call: number, name, arguments with their types, and the
 * room of the handler. From it the build makes `doors`, an array of small functions by number
 * (syscall_doors.h). Each takes the arguments from the frame, converts them to the handler's types,
 * and calls the handler. A number without a row, or whose handler is in an annex that is not built,
 * gives -ENOSYS.
 *
 * Paths are special: a door copies them into the kernel before it calls the handler. This has two
 * reasons. Most calls with paths need it, so the code is in one place. And the program may change
 * the string at any time from another thread, so the kernel must read it once and check what it has
 * read. All other pointers are passed as uaddr_t, a type that cannot be dereferenced by mistake;
 * the handler copies what they point to.
 *
 * After the handler there may be more to do before user mode: a signal to deliver, another thread
 * to run, a call to restart. Then proc_return_to_user() does it. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/limits.h"
#include "lib.h"
#include "mm.h"
#include "proc.h"
#include "sched.h"
#include "syscall.h"
#include "syscall_calls.h"
#include "x86.h"

/* A path that was copied from the program. Most are short; a long one gets a page of its own. */
struct path {
    const char *text;
    char *page; /* NULL, or the page, which the door frees after the call */
    char small[112];
};

/* Copies the path at a user address. 0, -EFAULT, -ENAMETOOLONG or -ENOMEM. */
static long fetch_path(struct path *path, uint64_t at)
{
    path->text = path->small;
    long length = user_copy_string(path->small, uaddr(at), sizeof path->small);
    if (likely(length != -ENAMETOOLONG))
        return min(length, 0l);
    path->text = path->page = buffer_alloc();
    if (!path->page)
        return -ENOMEM;
    return min(user_copy_string(path->page, uaddr(at), PATH_MAX), 0l);
}

/* Only calls of annexes have such a path. */
__attribute__((unused)) static long fetch_path_or_null(struct path *path, uint64_t at)
{
    path->text = NULL;
    return at ? fetch_path(path, at) : 0;
}

#include "syscall_doors.h"

/* For a number without a row in the table: logs it the first time that a program tries it. The
 * result is -ENOSYS. Two threads of a process may do so at the same time; then it is logged twice.
 */
static long call_missing(struct process *process, const struct thread *self, uint32_t number)
{
    uint32_t bit = min(number, (uint32_t)(sizeof process->missing_logged * 8 - 1));
    if (!bitmap_test(process->missing_logged, bit)) {
        bitmap_set(process->missing_logged, bit);
        klog("%s[%d]: system call %u is not implemented", self->name, process->pid, number);
    }
    return -ENOSYS;
}

static inline long perform(struct thread *self, const struct trap_frame *frame)
{
    uint32_t number = frame->error;
    if (unlikely(number >= ARRAY_SIZE(doors) || !doors[number]))
        return call_missing(self->process, self, number);
    return doors[number](self, frame);
}

/* Remembers the call for the panic report. */
static void note_call(const struct trap_frame *frame)
{
    struct cpu *cpu = this_cpu();
    uint64_t *slot = cpu->last_calls[cpu->last_call++ % ARRAY_SIZE(cpu->last_calls)];
    slot[0] = frame->error;
    slot[1] = frame->rdi;
    slot[2] = frame->rsi;
    slot[3] = frame->rdx;
}

/* Is there more to do before user mode? A signal, another thread, a mask to restore (ppoll,
 * sigsuspend), or a result that programs never see: proc turns it into EINTR or restarts the call.
 */
static bool more_to_do(const struct thread *self, long result)
{
    bool restart = result <= -ERESTARTSYS && result >= -ERESTART_RESTARTBLOCK;
    return proc_work_due(self) || restart;
}

/* Performs the call of a traced thread. The tracer may change number, registers and result, or
 * suppress the call. */
static long perform_traced(struct thread *self, struct trap_frame *frame)
{
    frame->rax = -ENOSYS;
    tracer_hooks.event(self, TRACE_CALL, 0);
    if (trap_of_call(frame) && !self->kill_due)
        frame->rax = perform(self, frame);
    if (self->traced)
        tracer_hooks.event(self, TRACE_RESULT, 0);
    return frame->rax;
}

/* Performs a call. A thread that became traced during the call shows its result, too. */
static long perform_and_tell(struct thread *self, struct trap_frame *frame)
{
    if (unlikely(self->traced))
        return perform_traced(self, frame);
    long result = perform(self, frame);
    if (likely(!self->traced))
        return result;
    frame->rax = result;
    tracer_hooks.event(self, TRACE_RESULT, 0);
    return frame->rax;
}

void syscall_enter(struct trap_frame *frame)
{
    struct thread *self = current_thread();
    note_call(frame);
    thread_enter_kernel(self);
    long result = perform_and_tell(self, frame);
    frame->rax = result;
    thread_leave_kernel(self);
    if (unlikely(more_to_do(self, result)))
        proc_return_to_user(frame, trap_of_call(frame));
}

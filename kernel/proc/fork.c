/* fork, vfork and clone: make a process that is a copy of its parent, or one more thread of it.
 *
 * All of these calls are clone with different flags. The flags say what parent and child share: the
 * address space (CLONE_VM), the table of signal actions (CLONE_SIGHAND), the working directory
 * (CLONE_FS), the descriptors (CLONE_FILES). What they do not share is copied. To a program, fork
 * shares nothing.
 *
 * fork in its steps:
 * - copy_process() makes the new process: the address space is copied by copy on write, so that
 *   only the VMAs and half of the root table are copied now. A lower table or a page is copied when
 *   one of the two writes through it. Signal actions, limits and settings are copied too.
 * - copy_thread() makes its one thread, with the caller's registers. Only rax differs: the child's
 *   call returns 0. Names and descriptors belong to threads, so they are copied here.
 * - publish_process() takes proc_lock, and does everything that can still be refused: it checks the
 *   limits, and takes a number. Then it adds the child to the tree. Until now no other processor
 *   could see the child, so nothing above needs its locks, and every failure just frees what was
 *   made.
 * - The child runs at once (one more thread of a process is only made ready to run), and then the
 *   parent returns the child's number. The child may have ended by then, so the parent holds a
 * reference until it is done with it.
 *
 * What can go wrong is a signal in between. A process that is killed while it forks could leave a
 * child that no signal has reached. Therefore a fork with a signal due for the caller does not
 * publish: it undoes everything and starts again after the signal (-ERESTARTNOINTR). Signals to a
 * group or to all processes visit them in pieces; signal_tell_newborn_locked() gives the child what
 * it would miss.
 *
 * With CLONE_VFORK the parent sleeps until the child calls exec or ends, because the child
 * usually runs in the parent's memory and on its stack. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

#define CLONE_NAMESPACES                                                                           \
    (CLONE_NEWTIME | CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
     CLONE_NEWPID | CLONE_NEWNET | CLONE_INTO_CGROUP | CLONE_PIDFD)

static int check_flags(const struct clone *clone)
{
    uint64_t flags = clone->flags;
    if (flags & CLONE_NAMESPACES || clone->exit_signal > KERNEL_NSIG)
        return -EINVAL;
    if (flags & CLONE_SIGHAND && !(flags & CLONE_VM))
        return -EINVAL;
    if (flags & CLONE_SIGHAND && flags & CLONE_CLEAR_SIGHAND)
        return -EINVAL;
    /* The switch to the child loads it into the FS base. That would fault if the address were not
     * canonical. */
    if (flags & CLONE_SETTLS && clone->tls >= USER_END)
        return -EPERM;
    if (flags & CLONE_THREAD && !(flags & CLONE_SIGHAND))
        return -EINVAL;
    return 0;
}

/* ---- The thread ---- */

static struct fpu_state *fpu_copy(struct thread *from)
{
    struct fpu_state *copy = thread_fpu_alloc();
    if (copy) {
        fpu_flush(from, from->fpu);
        memcpy(copy, from->fpu, fpu_state_bytes);
    }
    return copy;
}

/* The first function of a new thread: it stores its number if that was asked for, and enters user
 * mode. Does not return. */
static void start_in_user(void *arg)
{
    struct thread *self = current_thread();
    struct trap_frame *frame = trap_frame_at(self->stack_top);
    uaddr_t tid_at = uaddr((uint64_t)arg);
    if (!uaddr_is_null(tid_at))
        user_copy_out(tid_at, &self->tid, sizeof(self->tid));
    if (proc_work_due(self))
        proc_return_to_user(frame, false);
    user_enter(frame);
}

/* Copies the caller's segment registers. A base of the thread's own needs the null selector. */
static void copy_segments(struct thread *thread, struct thread *self, const struct clone *clone)
{
    thread_save_segments(self);
    thread->selectors = self->selectors;
    thread->fs_base = self->fs_base;
    thread->gs_base = self->gs_base;
    if (clone->flags & CLONE_SETTLS) {
        thread->selectors &= ~(0xffffull << SELECTOR_FS_SHIFT);
        thread->fs_base = clone->tls;
    }
}

/* Makes a thread like the caller, which continues after the call with the result 0. NULL if memory
 * is out. */
static struct thread *make_thread(struct thread *self, struct process *process,
                                  const struct clone *clone)
{
    uint64_t tid_at = clone->flags & CLONE_CHILD_SETTID ? clone->child_tid.at : 0;
    struct thread *thread = thread_create(process, process->space, start_in_user, (void *)tid_at);
    if (!thread)
        return NULL;
    if (self->fpu && !(thread->fpu = fpu_copy(self))) {
        thread_free(thread);
        return NULL;
    }
    struct trap_frame *frame = trap_frame_at(thread->stack_top);
    *frame = *trap_frame_at(self->stack_top);
    frame->rax = 0;
    if (clone->stack)
        frame->rsp = clone->stack;
    copy_segments(thread, self, clone);
    thread->signal_mask = self->restore_mask ? self->saved_mask : self->signal_mask;
    if (clone->flags & CLONE_CHILD_CLEARTID)
        thread->clear_child_tid = clone->child_tid;
    if (!(clone->flags & CLONE_VM) || clone->flags & CLONE_VFORK) {
        thread->altstack_start = self->altstack_start;
        thread->altstack_bytes = self->altstack_bytes;
        thread->altstack_flags = self->altstack_flags;
    }
    thread->nice = self->nice;
    thread->timer_slack_ns = thread->usual_slack_ns = self->timer_slack_ns;
    memcpy(thread->name, self->name, sizeof(thread->name));
    return thread;
}

/* The same, with the names and descriptors: shared or copied. 0 with *made set, -ENOMEM or -EAGAIN.
 */
static int copy_thread(struct thread *self, struct process *process, const struct clone *clone,
                       struct thread **made)
{
    struct thread *thread = make_thread(self, process, clone);
    if (!thread)
        return -ENOMEM;
    int err = fs_context_copy(&thread->fs, &self->fs, &process->fs, clone->flags & CLONE_FS,
                              clone->flags & CLONE_FILES);
    if (err)
        thread_free(thread);
    *made = thread;
    return err;
}

/* Frees a thread that was not published. */
static void drop_thread(struct thread *thread)
{
    fs_context_release(&thread->fs);
    thread_free(thread);
}

/* ---- The process ---- */

/* Copies the settings for which no references are counted. */
static void copy_settings(struct process *child, struct process *parent)
{
    spin_lock(&parent->signal_lock);
    memcpy(child->limits, parent->limits, sizeof(child->limits));
    spin_unlock(&parent->signal_lock);
    child->oom_score_adj = parent->oom_score_adj;
    child->oom_score_min = parent->oom_score_min;
    child->personality = parent->personality;
    child->dumpable = parent->dumpable;
    child->no_new_privs = parent->no_new_privs;
    child->keep_caps = parent->keep_caps;
}

/* Frees a process that was not published. */
static void drop_copy(struct process *child)
{
    if (child->exe)
        file_close_exec(child->exe);
    if (child->space)
        space_unref(child->space);
    cred_unref(child->fs.cred);
    process_destroy(child);
}

static int copy_actions(struct process *child, struct process *parent, const struct clone *clone)
{
    return clone->flags & CLONE_SIGHAND
               ? signal_actions_share(child, parent)
               : signal_actions_copy(child, parent, clone->flags & CLONE_CLEAR_SIGHAND);
}

/* Makes a process like the parent, without a thread: memory, actions and settings. NULL if memory
 * is out. Takes the parent's locks one after the other. */
static struct process *copy_process(struct process *parent, const struct clone *clone)
{
    struct process *child = process_create();
    if (!child)
        return NULL;
    fs_process_copy(&child->fs, &parent->fs);
    if (clone->flags & CLONE_VM) {
        space_ref(parent->space);
        child->space = parent->space;
    } else {
        child->space = space_fork(parent->space);
    }
    if (!child->space || copy_actions(child, parent, clone) < 0) {
        drop_copy(child);
        return NULL;
    }
    process_take_ids(child);
    child->emergency = process_starts_emergency(parent);
    child->exe = parent->exe;
    file_ref(child->exe);
    inode_deny_write(child->exe->inode); /* cannot fail: the parent denies writing already */
    copy_settings(child, parent);
    return child;
}

/* May the caller have one more process or thread? Not while a signal is due for it: see above. 0,
 * -EAGAIN or -ERESTARTNOINTR. */
static int may_publish_locked(struct thread *self)
{
    struct process *parent = self->process;
    if (self->signal_due)
        return -ERESTARTNOINTR;
    if (annex_hooks.task_limit && annex_hooks.task_limit(parent, false))
        return -EAGAIN;
    return process_room(parent) ? 0 : -EAGAIN;
}

/* Makes the new thread traced if its maker is and its tracer wants that. False if memory is out;
 * the number is then free again. */
static bool bear_locked(struct thread *self, struct thread *thread, struct pid *slot,
                        const struct clone *clone)
{
    if (likely(!self->traced) || tracer_hooks.bears(self, thread, clone->flags, clone->exit_signal))
        return true;
    pid_put_locked(slot);
    return false;
}

/* Adds the child to the tree under a new number. The result is that number; or -errno, and nothing
 * has changed. Takes proc_lock. */
static long publish_process(struct thread *self, struct process *child, struct thread *thread,
                            const struct clone *clone)
{
    struct process *parent = self->process;
    int pid;
    spin_lock(&proc_lock);
    long result = may_publish_locked(self);
    struct pid *slot = result ? NULL : pid_create_locked(&pid);
    if (slot && unlikely(self->traced) && !bear_locked(self, thread, slot, clone)) {
        result = -ENOMEM;
    } else if (slot) {
        result = pid;
        bool sibling = clone->flags & CLONE_PARENT && parent->parent;
        process_set_parent_locked(child, sibling ? parent->parent : parent);
        /* The parent of a sibling must not get a signal of its child's choice: the caller's own is
         * used. */
        child->exit_signal = clone->flags & CLONE_PARENT ? parent->exit_signal : clone->exit_signal;
        child->parent_n_execs = sibling ? parent->parent_n_execs : parent->n_execs;
        child->parent_tid = sibling ? parent->parent_tid : self->tid;
        child->group = parent->group;
        child->session = parent->session;
        child->terminal = parent->terminal;
        process_ref(child); /* for the caller */
        process_publish_locked(child, slot, thread);
        signal_tell_newborn_locked(child, parent);
    } else if (!result) {
        result = -EAGAIN;
    }
    spin_unlock(&proc_lock);
    return result;
}

static long publish_thread(struct thread *self, struct thread *thread, const struct clone *clone)
{
    int tid;
    spin_lock(&proc_lock);
    long result = may_publish_locked(self);
    struct pid *slot = result ? NULL : pid_create_locked(&tid);
    if (slot && unlikely(self->traced) && !bear_locked(self, thread, slot, clone)) {
        result = -ENOMEM;
    } else if (slot) {
        thread_attach_locked(self->process, slot, thread);
        result = tid;
    } else if (!result) {
        result = -EAGAIN;
    }
    spin_unlock(&proc_lock);
    return result;
}

/* Called before the thread is published. */
static void vfork_init(struct vfork_wait *vfork, struct thread *thread, const struct clone *clone)
{
    vfork->over = false;
    wait_queue_init(&vfork->done);
    if (clone->flags & CLONE_VFORK)
        thread->vfork = vfork;
}

/* Sleeps until the new thread has called exec or ended, or until the caller is killed. Takes
 * proc_lock. */
static void wait_for_vfork(struct thread *thread, struct vfork_wait *vfork)
{
    spin_lock(&proc_lock);
    while (!vfork->over) {
        if (wait_on_spin(&vfork->done, &proc_lock, WAIT_KILL, NO_DEADLINE, "vfork") == 0 ||
            vfork->over)
            continue;
        thread->vfork = NULL; /* the thread exists while `over` is false */
        break;
    }
    spin_unlock(&proc_lock);
}

static long clone_thread(struct thread *self, const struct clone *clone)
{
    struct process *process = self->process;
    struct vfork_wait vfork;
    struct thread *thread;
    int err = copy_thread(self, process, clone, &thread);
    if (err)
        return err;
    vfork_init(&vfork, thread, clone);
    long tid = publish_thread(self, thread, clone);
    if (tid < 0) {
        drop_thread(thread);
        return tid;
    }
    if (clone->flags & CLONE_PARENT_SETTID)
        user_copy_out(clone->parent_tid, &thread->tid, sizeof(int));
    thread_start(thread);
    if (unlikely(self->traced))
        tracer_hooks.event(self, TRACE_BORE, tid);
    if (clone->flags & CLONE_VFORK)
        wait_for_vfork(thread, &vfork);
    if (clone->flags & CLONE_VFORK && unlikely(self->traced))
        tracer_hooks.event(self, TRACE_VFORKED, tid);
    return tid;
}

static long clone_process(struct thread *self, const struct clone *clone)
{
    struct process *child = copy_process(self->process, clone);
    if (!child)
        return -ENOMEM;
    struct vfork_wait vfork;
    struct thread *thread;
    int err = copy_thread(self, child, clone, &thread);
    if (err) {
        drop_copy(child);
        return err;
    }
    vfork_init(&vfork, thread, clone);
    long pid = publish_process(self, child, thread, clone);
    if (pid < 0) {
        drop_thread(thread);
        drop_copy(child);
        return pid;
    }
    int tid = pid;
    if (unlikely(child->limits[RLIMIT_CPU].rlim_cur != RLIM_INFINITY))
        annex_hooks.cpu_limit_set(child);
    if (clone->flags & CLONE_PARENT_SETTID)
        user_copy_out(clone->parent_tid, &tid, sizeof(tid));
    thread_handoff(thread);
    if (unlikely(self->traced))
        tracer_hooks.event(self, TRACE_BORE, pid);
    if (clone->flags & CLONE_VFORK)
        wait_for_vfork(thread, &vfork);
    if (clone->flags & CLONE_VFORK && unlikely(self->traced))
        tracer_hooks.event(self, TRACE_VFORKED, pid);
    process_unref(child);
    return pid;
}

long do_clone(struct thread *self, const struct clone *clone)
{
    int err = check_flags(clone);
    if (err)
        return err;
    return clone->flags & CLONE_THREAD ? clone_thread(self, clone) : clone_process(self, clone);
}

/* ---- Calls ---- */

long sys_fork(struct thread *self)
{
    return do_clone(self, &(struct clone){.exit_signal = SIGCHLD});
}

long sys_vfork(struct thread *self)
{
    return do_clone(self, &(struct clone){.flags = CLONE_VFORK | CLONE_VM, .exit_signal = SIGCHLD});
}

long sys_clone(struct thread *self, unsigned long flags, uaddr_t stack, uaddr_t parent_tid,
               uaddr_t child_tid, unsigned long tls)
{
    return do_clone(self, &(struct clone){
                              .flags = (uint32_t)flags & ~CSIGNAL,
                              .exit_signal = flags & CSIGNAL,
                              .stack = stack.at,
                              .parent_tid = parent_tid,
                              .child_tid = child_tid,
                              .tls = tls,
                          });
}

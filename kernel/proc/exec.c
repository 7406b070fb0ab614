/* execve: another program in the same process.
 *
 * The process stays the same: number, parent, descriptors and working directory. Memory, registers,
 * signal handlers and, for a set-id program, the rights become new. If exec fails, the old program
 * must continue as if nothing had happened. So the work is done in three parts.
 *
 * 1. Prepare (exec_prepare). The program is opened; for a script ("#!") its interpreter instead,
 * which may be a script again. The credentials are computed, a new address space is made, the
 * segments of the ELF file are mapped (exec_load.c), and arguments and environment are copied there
 * from the old memory (exec_stack.c). All results are in a struct exec beside the process. Every
 * failure, such as a missing file or too long arguments, only frees this struct.
 *
 * 2. The point of no return (threads_kill_others). The new program has one thread, so all others
 * must end. From now on the old program cannot continue as it was, if it had several threads. One
 * allocation may still fail after this: tables that are shared with other processes are replaced by
 * copies. Then the process is killed, as on Linux, or, if it had one thread only, exec returns
 * -ENOMEM.
 *
 * 3. Commit (exec_commit). Nothing in it can fail. Files that close on exec are closed, and the
 * process gets the new space, the new file and the new rights at once (become), with exec_lock
 * held. Then the old space is freed, handlers become the default, and the registers are set to the
 * start of the program.
 *
 * A set-id program is more powerful than the process that starts it, so it must not be influenced
 * by others. Its credentials are computed from a file that may be changed at the same time
 * (take_set_id). A process that shares the working directory could lead it to other files
 * (shares_names). And a process that looks into another's memory must not see the new memory with
 * the old rights: it holds exec_lock while it checks and looks, so it sees either the old program
 * or the new one. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

/* ---- Finding the program ---- */

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* Inserts a string before those that replace argv[0]. There is always room: see EXEC_MAX_SCRIPTS.
 */
static void prefix_push(struct exec *exec, const char *string, size_t length)
{
    exec->prefix_start -= length + 1;
    memcpy(exec->prefix + exec->prefix_start, string, length);
    exec->prefix[exec->prefix_start + length] = '\0';
    exec->n_prefix++;
}

/* Splits the line after "#!" into the interpreter and at most one argument, which is the whole rest
 * of the line without the blanks around it. Only the first EXEC_SCRIPT_LINE bytes count, including
 * the newline. A longer line is accepted if the interpreter's name is complete. 0; -ENOEXEC if
 * there is no name; -EACCES, as on Linux, if the file ends with nothing but blanks. */
static int split_script_line(char *line, char **name, char **argument)
{
    char *limit = line + EXEC_SCRIPT_LINE - 1;
    char *end = memchr(line, '\n', EXEC_SCRIPT_LINE);
    bool cut = !end, name_is_cut = cut && *limit && !is_blank(*limit);
    if (cut)
        end = limit;
    while (end > line && is_blank(end[-1]))
        end--;
    *end = '\0';
    *name = line + 2;
    while (is_blank(**name))
        (*name)++;
    char *rest = *name;
    while (*rest && !is_blank(*rest))
        rest++;
    if ((name_is_cut && rest == limit) || (rest == *name && (!cut || end == line + 2)))
        return -ENOEXEC;
    if (rest == *name)
        return -EACCES;
    *argument = NULL;
    if (*rest) {
        *rest++ = '\0';
        while (is_blank(*rest))
            rest++;
        *argument = *rest ? rest : NULL;
    }
    return 0;
}

/* If the file is a script, opens its interpreter in its place. 1 if it was a script, 0 if not, or
 * -errno; -ELOOP if too many interpreters are scripts. May sleep. */
static int exec_script(struct exec *exec, int depth)
{
    char *name, *argument;
    if (exec->head[0] != '#' || exec->head[1] != '!')
        return 0;
    if (depth == EXEC_MAX_SCRIPTS)
        return -ELOOP;
    int err = split_script_line(exec->head, &name, &argument);
    if (!err && exec->args->path_ends)
        err = -ENOENT;
    if (err)
        return err;
    if (argument)
        prefix_push(exec, argument, strlen(argument));
    prefix_push(exec, name, strlen(name));
    file_close_exec(exec->file);
    exec->file = NULL;
    err = file_open_exec(exec->fs, AT_FDCWD, name, 0, &exec->file);
    return err ? err : 1;
}

/* Opens the program that the path names, through scripts. 0 or -errno; exec->file is open or NULL.
 * May sleep. */
static int open_program(struct exec *exec, const char *path)
{
    const struct exec_args *args = exec->args;
    int result = file_open_exec(exec->fs, args->dirfd, path, args->at_flags, &exec->file);
    for (int depth = 0; result >= 0; depth++) {
        result = exec_read_head(exec, exec->file);
        if (result == 0)
            result = exec_script(exec, depth);
        if (result == 0)
            return 0;
    }
    return result;
}

/* ---- Credentials ---- */

/* May the user look into the program while it runs? Not if the user may not read the files anyway,
 * nor if the program acts with other rights than the process that starts it. */
static bool will_be_dumpable(const struct exec *exec)
{
    enum { READ = 4 };
    struct cred *now = fs_cred(exec->fs);
    bool may_read =
        inode_permission(now, exec->file->inode, READ) == 0 &&
        (!exec->interpreter || inode_permission(now, exec->interpreter->inode, READ) == 0);
    bool plain = now->euid == now->uid && now->egid == now->gid && cred_acts_alike(now, exec->cred);
    cred_unref(now);
    return may_read && plain;
}

/* Computes the credentials of the new program: the caller's, changed if the file is set-id and an
 * annex knows what that means. 0 with exec->cred set, or -ENOMEM. Takes fs.lock, the names' lock
 * and proc_lock. */
static int prepare_cred(struct exec *exec)
{
    struct cred *now = fs_cred(exec->fs);
    exec->cred = cred_copy(now, now->n_groups);
    if (!exec->cred) {
        cred_unref(now);
        return -ENOMEM;
    }
    if (annex_hooks.set_ids)
        annex_hooks.set_ids(exec, now);
    cred_unref(now);
    exec->cred->suid = exec->cred->fsuid = exec->cred->euid;
    exec->cred->sgid = exec->cred->fsgid = exec->cred->egid;
    exec->secure = exec->cred->euid != exec->cred->uid || exec->cred->egid != exec->cred->gid;
    return 0;
}

/* ---- Preparing, and freeing what was prepared ---- */

/* Frees all that exec still holds. */
static void exec_free(struct exec *exec)
{
    if (exec->forbids_sharing)
        annex_hooks.allow_sharing(exec);
    if (exec->file)
        file_close_exec(exec->file);
    if (exec->interpreter)
        file_close_exec(exec->interpreter);
    if (exec->cred)
        cred_unref(exec->cred);
    if (exec->space)
        space_unref(exec->space);
    buffer_free(exec);
}

/* Part 1 of exec. The process does not change. 0 with *result set, or -errno. May sleep. */
static int exec_prepare(struct process *process, struct fs_context *fs, const char *path,
                        const struct exec_args *args, struct exec **result)
{
    struct exec *exec = buffer_alloc();
    if (!exec)
        return -ENOMEM;
    memset(exec, 0, offsetof(struct exec, prefix));
    exec->process = process;
    exec->fs = fs;
    exec->path = args->shown_path ? args->shown_path : path;
    exec->args = args;
    exec->prefix_start = sizeof(exec->prefix);
    int err = open_program(exec, path);
    if (!err)
        err = prepare_cred(exec);
    if (!err)
        err = exec_load(exec);
    if (!err)
        err = exec_stack(exec);
    exec->dumpable = !err && will_be_dumpable(exec);
    if (err) {
        exec_free(exec);
        return err;
    }
    *result = exec;
    return 0;
}

/* ---- Commit: what cannot fail ---- */

/* Names the thread after the file: the last component of its path. A program that was opened by a
 * descriptor alone has no path and gets the name of its directory entry (as Linux since 6.14;
 * before, the descriptor's number). */
static void set_comm(struct thread *thread, const struct exec *exec)
{
    const char *slash = strrchr(exec->path, '/'), *name = slash ? slash + 1 : exec->path;
    memset(thread->name, 0, sizeof(thread->name));
    spin_lock(&names_lock);
    if (exec->args->by_descriptor)
        name = dentry_name(exec->file->dentry);
    strlcpy(thread->name, name, sizeof(thread->name));
    spin_unlock(&names_lock);
}

/* Sets the registers with which a program begins: all are 0 but the instruction and stack pointers.
 */
static void set_registers(struct thread *thread, const struct exec *exec)
{
    struct trap_frame *frame = trap_frame_at(thread->stack_top);
    uint64_t err = frame->error; /* the number of the call, which the door reads once more */
    memset(frame, 0, sizeof(*frame));
    frame->vector = TRAP_SYSCALL_CHANGED;
    frame->error = err;
    frame->rip = exec->entry;
    frame->rsp = exec->stack_pointer;
    frame->rflags = 0x202;
    frame->cs = USER_CS;
    frame->ss = USER_SS;
}

/* Resets what the thread has of the old program. */
static void reset_thread(struct thread *thread, const struct exec *exec)
{
    if (!exec->dumpable)
        thread->fail_nth = 0; /* the caller must not choose which of its allocations fail */
    thread->clear_child_tid = thread->robust_list = uaddr(0);
    thread->altstack_start = thread->altstack_bytes = thread->altstack_flags = 0;
    thread->selectors = thread->fs_base = thread->gs_base = 0;
    if (thread->fpu) {
        fpu_forget(thread);
        fpu_init_state(thread->fpu);
    }
}

/* Applies the limits to the new space. The stack of a set-id program has an upper bound, because
 * the caller could choose one that disturbs it. The limits are read anew, as another process may
 * have changed them since the space was made. Takes signal_lock. */
static void settle_limits(struct process *process, const struct exec *exec)
{
    struct rlimit *stack = &process->limits[RLIMIT_STACK];
    spin_lock(&process->signal_lock);
    if (exec->secure)
        stack->rlim_cur = min(stack->rlim_cur, (rlim_t)EXEC_SECURE_STACK);
    limits_apply(process, exec->space);
    spin_unlock(&process->signal_lock);
}

/* The moment at which the process becomes the new program. The identity changes first, then memory
 * and file, all with exec_lock held. So a process that looks with exec_lock held sees one program
 * or the other, and one without it never sees the new memory with the old rights. The result is the
 * old space, and *old_exe the old file. Takes exec_lock. */
static struct space *become(struct process *process, struct exec *exec, struct file **old_exe)
{
    mutex_lock(&process->exec_lock);
    if (exec->secure)
        process->parent_death_signal = 0;
    process_set_cred(process, exec->cred, exec->dumpable);
    settle_limits(process, exec);
    spin_lock(&proc_lock);
    process->n_execs++;
    if (exec->secure && unlikely(process->n_traced)) /* since rights were settled, perhaps */
        tracer_hooks.change(TRACE_GAINED, process, current_thread());
    spin_unlock(&proc_lock);
    struct space *old = process->space;
    *old_exe = process->exe;
    process->space = exec->space;
    process->exe = exec->file;
    mutex_unlock(&process->exec_lock);
    exec->cred = NULL;
    exec->space = NULL;
    exec->file = NULL;
    return old;
}

static void note_exec(struct process *process, struct thread *thread)
{
    spin_lock(&proc_lock);
    process->has_execed = true;
    process->exit_signal = SIGCHLD;
    process->keep_caps = false;
    memset(process->missing_logged, 0, sizeof(process->missing_logged));
    signal_actions_reset_locked(process);
    vfork_release_locked(thread);
    spin_unlock(&proc_lock);
}

/* Part 3 of exec. May sleep, as files are closed. */
static void exec_commit(struct thread *thread, struct exec *exec)
{
    struct process *process = thread->process;
    struct file *old_exe;
    set_comm(thread, exec);
    struct space *old = become(process, exec, &old_exe);
    thread->space = process->space;
    reset_thread(thread, exec);
    if (thread == current_thread()) {
        space_load(thread->space);
        user_selectors_load(0);
    }
    if (old) {
        process_note_left(process, old);
        space_unref(old);
    }
    if (old_exe)
        file_close_exec(old_exe);
    note_exec(process, thread);
    set_registers(thread, exec);
}

/* ---- Calls ---- */

/* Replaces what the program must not share with other processes by copies. The caller is the only
 * thread of its process. 0 or -ENOMEM. Takes fs.lock; proc_lock and signal_lock. */
static int unshare(struct thread *self)
{
    int err = fs_context_unshare(&self->fs, false, true);
    return err ? err : signal_actions_unshare(self->process);
}

long do_exec(struct thread *self, const char *path, const struct exec_args *args)
{
    struct exec *exec;
    int err = annex_hooks.task_limit ? annex_hooks.task_limit(self->process, true) : 0;
    if (!err)
        err = exec_prepare(self->process, &self->fs, path, args, &exec);
    if (err)
        return err;
    bool was_alone = self->process->n_threads == 1, is_half_gone = false;
    int old_tid = self->tid;
    err = threads_kill_others(self);
    if (!err) {
        err = unshare(self);
        is_half_gone = err && !was_alone;
    }
    if (!err) {
        thread_clear_tid(self);
        fs_context_close_on_exec(&self->fs);
        exec_commit(self, exec);
    }
    exec_free(exec);
    if (is_half_gone)
        process_exit(SIGKILL); /* as on Linux */
    if (!err && unlikely(self->traced))
        tracer_hooks.event(self, TRACE_EXEC, old_tid);
    return err;
}

long sys_execve(struct thread *self, const char *path, uaddr_t argv, uaddr_t envp)
{
    const struct exec_args args = {
        .user = true, .argv = argv.at, .envp = envp.at, .dirfd = AT_FDCWD};
    return do_exec(self, path, &args);
}

/* ---- Process 1 ---- */

static void start_init(void *arg)
{
    (void)arg;
    user_enter(trap_frame_at(current_thread()->stack_top));
}

/* Process 1 without a program yet: root, alone in group and session 1. NULL if memory is out. */
static struct process *make_init(struct fs_context *fs)
{
    struct process *process = process_create();
    if (!process)
        return NULL;
    fs_process_copy(&process->fs, fs->process);
    limits_init(process);
    limits_apply(process, NULL);
    return process;
}

/* Gives process 1 its thread, with a copy of the context's names, and its number, and lets it run.
 * 0 or -ENOMEM. Takes proc_lock. */
static int launch_init(struct process *process, struct fs_context *fs, struct exec *exec)
{
    struct thread *thread = thread_create(process, exec->space, start_init, NULL);
    if (!thread)
        return -ENOMEM;
    if (fs_context_copy(&thread->fs, fs, &process->fs, false, false) < 0) {
        thread_free(thread);
        return -ENOMEM;
    }
    thread->timer_slack_ns = thread->usual_slack_ns = 50000; /* as on Linux */
    exec_commit(thread, exec);
    spin_lock(&proc_lock);
    int pid;
    struct pid *slot = pid_create_locked(&pid);
    if (slot) {
        process->group = process->session = pid;
        process->session_leader = true;
        process_publish_locked(process, slot, thread);
    }
    spin_unlock(&proc_lock);
    if (!slot) {
        fs_context_release(&thread->fs);
        thread_free(thread);
        return -ENOMEM;
    }
    thread_start(thread);
    return 0;
}

int proc_start_init(const char *path, char *const argv[], char *const envp[], struct fs_context *fs)
{
    const struct exec_args args = {
        .argv = (uint64_t)argv, .envp = (uint64_t)envp, .dirfd = AT_FDCWD};
    struct exec *exec;
    struct process *process = make_init(fs);
    if (!process)
        return -ENOMEM;
    int err = exec_prepare(process, fs, path, &args, &exec);
    if (!err) {
        err = launch_init(process, fs, exec);
        exec_free(exec);
    }
    if (err) /* the kernel cannot run without it: nothing else needs to be freed */
        process_destroy(process);
    return err;
}

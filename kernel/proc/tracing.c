/* Who watches a thread's system calls and signals: the log, or the pipe of a program like strace.
 */
#include "private.h"

static OBJECT_CACHE(tracing_cache, struct tracing);

struct tracing trace_to_log = {.refs = 2, .follow = true}; /* process 1 may hold the second */
const struct trace_hooks *trace_hooks;

static struct tracing *tracing_ref(struct tracing *tracing)
{
    if (tracing)
        __atomic_fetch_add(&tracing->refs, 1, __ATOMIC_RELAXED);
    return tracing;
}

/* Drops a reference; with the last one the pipe's reader comes to the end of what it reads.
 * Without spinlocks, as the file may go. */
static void tracing_unref(struct tracing *tracing)
{
    if (!tracing || __atomic_sub_fetch(&tracing->refs, 1, __ATOMIC_ACQ_REL) > 0)
        return;
    file_unref(tracing->file);
    object_free(&tracing_cache, tracing);
}

/* ---- Who is watched ---- */

/* A new process is watched if its parent hands that on, a new thread if its process does. */
void tracing_inherit_locked(struct process *child, const struct process *parent)
{
    child->tracing = tracing_ref(parent->tracing);
}

void tracing_attach_locked(struct thread *thread)
{
    thread->tracing = tracing_ref(thread->process->tracing);
}

/* Nobody watches the thread any more, nor, with `all`, what its process will start.
 * Takes proc_lock. */
void tracing_end(struct thread *thread, bool all)
{
    struct process *process = thread->process;
    spin_lock(&proc_lock);
    struct tracing *own = thread->tracing, *handed_on = all ? process->tracing : NULL;
    thread->tracing = NULL;
    if (all)
        process->tracing = NULL;
    spin_unlock(&proc_lock);
    tracing_unref(own);
    tracing_unref(handed_on);
}

static void replace(struct tracing **slot, struct tracing *tracing)
{
    struct tracing *old = *slot;
    *slot = tracing_ref(tracing);
    spin_unlock(&proc_lock);
    tracing_unref(old);
    spin_lock(&proc_lock);
}

static struct thread *thread_above_locked(const struct process *process, int tid)
{
    struct thread *thread, *found = NULL;
    list_for_each(thread, &process->threads, process_node)
        if (thread->tid > tid && (!found || thread->tid < found->tid))
            found = thread;
    return found;
}

/* Every thread of a process is watched from now on, by one watcher; what watched it before does so
 * no longer.
 * 0, or -EAGAIN once it runs another program than its (n_execs)th.
 * Takes proc_lock, and lets go of it at each thread: the old watcher may go with the last one. */
static int watch(struct process *process, uint32_t n_execs, struct tracing *tracing)
{
    struct thread *thread;
    spin_lock(&proc_lock);
    if (tracing->follow && !list_empty(&process->threads) && process->n_execs == n_execs)
        replace(&process->tracing, tracing);
    for (int tid = 0;
         process->n_execs == n_execs && (thread = thread_above_locked(process, tid));) {
        tid = thread->tid;
        replace(&thread->tracing, tracing);
    }
    bool same = process->n_execs == n_execs;
    spin_unlock(&proc_lock);
    return same ? 0 : -EAGAIN;
}

int trace_start(struct process *process, uint32_t n_execs, struct file *file, bool follow)
{
    if (!inode_is(file->inode, S_IFIFO) || !file_writable(file))
        return -EINVAL;
    struct tracing *tracing = object_alloc_zeroed(&tracing_cache);
    if (!tracing)
        return -ENOMEM;
    *tracing = (struct tracing){.refs = 1, .follow = follow, .file = file};
    file_ref(file);
    int error = watch(process, n_execs, tracing);
    tracing_unref(tracing);
    return error;
}

/* ---- What the watcher reads ---- */

/* Writes a line into the pipe. Its sleep ends early where a signal waits for the thread: then it
 * looks again in a millisecond, or gives up if the thread is to die and nobody reads.
 * False if there is no reader any more.
 * Sleeps while the pipe is full. */
static bool write_line(struct file *file, char *line, size_t n)
{
    enum { PATIENCE = 1000 };
    struct segment segment;
    struct io io;
    uint64_t pos = 0;
    for (int tries = 0; tries < PATIENCE; tries += current_thread()->kill_due) {
        io_init_kernel(&io, &segment, line, n);
        long done = file->ops->write(file, &io, &pos);
        if (done != -ERESTARTSYS)
            return done > 0;
        sleep_until(clock_ns() + 1000000, WAIT_FIRM, "tracer");
    }
    return false;
}

static void to_log(struct thread *self, const char *text, size_t n)
{
    char *line = buffer_alloc();
    if (!line)
        return;
    int prefix = format(line, PAGE_SIZE, "[pid %5d] ", self->tid);
    n = min(n, (size_t)PAGE_SIZE - prefix);
    memcpy(line + prefix, text, n);
    log_aside(line, prefix + n);
    buffer_free(line);
}

static bool to_pipe(struct thread *self, struct file *file, uint64_t ns, const char *text, size_t n)
{
    char *line = buffer_alloc();
    if (!line)
        return true;
    int prefix = format(line, PAGE_SIZE, "%d %lu ", self->tid, ns);
    n = min(n, (size_t)PAGE_SIZE - prefix - 1);
    memcpy(line + prefix, text, n);
    line[prefix + n] = '\n';
    bool read = write_line(file, line, prefix + n + 1);
    buffer_free(line);
    return read;
}

void trace_emit(struct thread *self, uint64_t ns, const char *text, size_t n)
{
    spin_lock(&proc_lock);
    struct tracing *tracing = tracing_ref(self->tracing);
    spin_unlock(&proc_lock);
    if (!tracing)
        return;
    if (!tracing->file)
        to_log(self, text, n);
    else if (!to_pipe(self, tracing->file, ns, text, n))
        tracing_end(self, true);
    tracing_unref(tracing);
}

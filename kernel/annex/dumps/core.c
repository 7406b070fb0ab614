/* Core dumps: the registers and the memory of a process that dies of a signal, as an ELF file.
 *
 * A debugger opens the file to see what the process was doing. It has notes (the signal, the
 * registers, the name and arguments of the program) and a header and the bytes for each VMA of
 * memory. What the file of the program or of a library has is left out, except its first page, by
 * which the debugger recognizes the file.
 *
 * The dying thread writes it, in dump_and_end(). All others are killed first, but each stays in
 * stay_for_core(), on its way out, until the core is written: so the memory does not change
 * meanwhile, and the registers of all threads are there. The file is written as the process itself
 * would, with its rights and in its directory. It may be large: the writing checks after each page
 * if the process was killed (SIGKILL), and stops at RLIMIT_CORE. A file that is cut off is still of
 * use. */
/* SPDX-License-Identifier: MIT */
#include "abi/core.h"
#include "abi/elf.h"
#include "annex.h"
#include "annex/look/look.h"
#include "dumps.h"
#include "proc/private.h"
#include "vfs/local.h"

enum { MOST_AUXV = 1024 };

/* A dump that is being written. */
struct dump {
    struct thread *self;
    struct file *file;
    struct space *space;
    char *page;        /* scratch */
    uint64_t left;     /* bytes that RLIMIT_CORE still allows */
    uint64_t end;      /* past the last byte that was written */
    uint64_t notes_at; /* where the next note will be */
    uint32_t n_most;   /* number of headers that there is room for, with that of the notes */
};

/* Writes from kernel memory, with the limit on file size of the context's process. How many bytes,
 * or -errno. */
static long write_kernel(struct fs_context *fs, struct file *file, uint64_t pos, const void *buf,
                         size_t n)
{
    struct kvec one;
    struct uio uio;
    uio_init_kernel(&uio, &one, (void *)buf, n);
    return file->ops->write ? file_write(fs, file, &uio, &pos) : -EINVAL;
}

/* Writes at a position of the file. False means that the rest is left out: the limit is reached,
 * memory is out, or the process is killed. */
static bool put(struct dump *dump, uint64_t at, const void *bytes, size_t n)
{
    if (n > dump->left)
        return false;
    dump->left -= n;
    dump->end = max(dump->end, at + n);
    return write_kernel(&dump->self->fs, dump->file, at, bytes, n) == (long)n && cond_resched();
}

/* ---- Notes ---- */

static size_t note_size(size_t n)
{
    return sizeof(struct core_note) + n;
}

/* Writes the next note. Its content has a multiple of four bytes. */
static bool put_note(struct dump *dump, uint32_t type, const void *content, size_t n)
{
    struct core_note note = {5, (uint32_t)n, type, "CORE"};
    uint64_t at = dump->notes_at;
    dump->notes_at += note_size(n);
    return put(dump, at, &note, sizeof(note)) && put(dump, at + sizeof(note), content, n);
}

static void fill_registers(uint64_t *reg, const struct thread *thread)
{
    const struct trap_frame *frame = trap_frame_at(thread->stack_top);
    memcpy(reg, frame, 15 * sizeof(*reg)); /* r15 to rdi: in the same order */
    reg[15] = frame->vector < TRAP_SYSCALL ? (uint64_t)-1 : frame->error;
    memcpy(reg + 16, &frame->rip, 5 * sizeof(*reg));
    reg[21] = thread->fs_base;
    reg[22] = thread->gs_base;
    for (int i = 0; i < 4; i++)
        reg[23 + i] = thread->selectors >> 16 * i & 0xffff;
}

/* The first thread's note has the times of the whole process, as on Linux. */
static void fill_times(struct core_status *status, const struct thread *thread)
{
    const struct process *process = thread->process;
    bool whole = thread->tid == process->pid;
    struct usage usage = whole ? process_usage_locked(process) : thread_usage(thread);
    ns_to_timeval(usage.user_ns, &status->pr_utime);
    ns_to_timeval(usage.system_ns, &status->pr_stime);
    ns_to_timeval(process->children_usage.user_ns, &status->pr_cutime);
    ns_to_timeval(process->children_usage.system_ns, &status->pr_cstime);
}

static bool put_status(struct dump *dump, const struct thread *thread, int signal)
{
    const struct process *process = thread->process;
    struct core_status status = {.pr_signo = signal, .pr_cursig = (short)signal};
    spin_lock(&proc_lock);
    fill_times(&status, thread);
    status.pr_ppid = process->parent_pid;
    status.pr_pgrp = process->group;
    status.pr_sid = process->session;
    spin_unlock(&proc_lock);
    status.pr_sigpend = thread->signal_pending;
    status.pr_sighold = thread->signal_mask;
    status.pr_pid = thread->tid;
    status.pr_fpvalid = thread->fpu != NULL;
    fill_registers(status.pr_reg, thread);
    return put_note(dump, NT_PRSTATUS, &status, sizeof(status));
}

static bool put_vectors(struct dump *dump, const struct thread *thread)
{
    return !thread->fpu ||
           put_note(dump, NT_PRFPREG, thread->fpu->bytes, sizeof(thread->fpu->bytes));
}

/* Notes of the threads that stay until the core is written. One that was woken for a moment must
 * have left its processor: then its registers are in memory. */
static bool put_others(struct dump *dump, int signal)
{
    struct thread *thread;
    list_for_each(thread, &dump->self->process->threads, process_node) {
        if (thread == dump->self)
            continue;
        while (!thread_is_at_rest(thread))
            thread_yield();
        if (!put_status(dump, thread, signal) || !put_vectors(dump, thread))
            return false;
    }
    return true;
}

static bool put_info(struct dump *dump, struct thread *self, struct space *space)
{
    struct process *process = self->process;
    struct core_info info = {
        .pr_sname = 'R',
        .pr_nice = (char)self->nice,
        .pr_uid = process->uid,
        .pr_gid = process->gid,
        .pr_pid = process->pid,
        .pr_ppid = process->parent_pid,
        .pr_pgrp = process->group,
        .pr_sid = process->session,
    };
    strlcpy(info.pr_fname, self->name, sizeof(info.pr_fname));
    size_t n = min(space->args_end - space->args_start, sizeof(info.pr_psargs) - 1);
    n = space_peek(space, space->args_start, info.pr_psargs, n);
    for (size_t i = 0; i < n; i++)
        if (!info.pr_psargs[i])
            info.pr_psargs[i] = ' ';
    return put_note(dump, NT_PRPSINFO, &info, sizeof(info));
}

static size_t auxv_size(const struct space *space)
{
    return min(space->auxv_end - space->auxv_start, (uint64_t)MOST_AUXV);
}

static bool put_auxv(struct dump *dump, struct space *space)
{
    size_t n = space_peek(space, space->auxv_start, dump->page, auxv_size(space));
    memset(dump->page + n, 0, auxv_size(space) - n);
    return put_note(dump, NT_AUXV, dump->page, auxv_size(space));
}

/* The length of all notes. The list of threads does not change while the core is written. */
static size_t size_of_notes(const struct dump *dump)
{
    const struct thread *thread;
    size_t n = note_size(sizeof(struct core_info)) + note_size(sizeof(siginfo_t)) +
               note_size(auxv_size(dump->space));
    list_for_each(thread, &dump->self->process->threads, process_node)
        n += note_size(sizeof(struct core_status)) +
             (thread->fpu ? note_size(sizeof(thread->fpu->bytes)) : 0);
    return n;
}

/* Writes all notes, those about the dying thread first. */
static bool put_notes(struct dump *dump, const siginfo_t *info)
{
    struct thread *self = dump->self;
    thread_save_segments(self);
    if (self->fpu)
        fpu_flush(self, self->fpu);
    return put_status(dump, self, info->si_signo) && put_info(dump, self, dump->space) &&
           put_note(dump, NT_SIGINFO, info, sizeof(*info)) && put_auxv(dump, dump->space) &&
           put_vectors(dump, self) && put_others(dump, info->si_signo);
}

/* ---- Memory ---- */

/* Copies the page at *at of a file or of shared memory and moves on, if the page exists; it may
 * exist without being mapped. */
static bool next_backed(struct dump *dump, const struct vma *vma, uint64_t *at)
{
    paddr_t frame = 0;
    uint64_t index = (vma->offset + *at - vma->start) / PAGE_SIZE;
    if (space_next_page(dump->space, at, *at + PAGE_SIZE, dump->page))
        return true;
    if (vma->backing->ops->pages)
        vma->backing->ops->pages(vma->backing, index, 1, &frame);
    if (!frame)
        return false;
    page_copy((uint64_t *)dump->page, phys_to_virt(frame));
    frame_unref(frame);
    return true;
}

/* Does the file of the program or of a library begin here? */
static bool begins_file(struct dump *dump, const struct vma *vma)
{
    uint64_t at = vma->start;
    return vma->offset == 0 && vma->prot & PROT_READ && next_backed(dump, vma, &at) &&
           memcmp(dump->page, ELFMAG, SELFMAG) == 0;
}

/* How many bytes of a VMA are dumped: all if the process has written to it, or if it is shared
 * memory without a file; otherwise the file has them. */
static uint64_t size_to_dump(struct dump *dump, const struct vma *vma)
{
    struct memory_use use;
    uint64_t all = vma->end - vma->start;
    if (vma->flags & VMA_DONTDUMP)
        return 0;
    if (vma->flags & VMA_SHARED) {
        struct dentry *dentry = space_name_at(dump->space, vma->start);
        bool has_name = dentry && dentry->inode->nlink > 0;
        dentry_unref(dentry);
        return has_name ? 0 : all;
    }
    space_measure(dump->space, vma, &use);
    if (use.anonymous > 0)
        return all;
    return vma->backing && begins_file(dump, vma) ? PAGE_SIZE : 0;
}

/* The next VMA, and how much of it is dumped; its backing is referenced. False after the last. */
static bool next_vma(struct dump *dump, struct vma *vma, uint64_t *size)
{
    if (!space_vma_after(dump->space, vma->end, vma))
        return false;
    *size = size_to_dump(dump, vma);
    return true;
}

static void vma_drop(struct vma *vma)
{
    if (vma->backing)
        vma->backing->ops->unref(vma->backing);
}

/* The length of the first part of the file, with the notes. */
static uint64_t head_size(const struct dump *dump, size_t n_notes)
{
    return align_up(sizeof(Elf64_Ehdr) + dump->n_most * sizeof(Elf64_Phdr) + n_notes, PAGE_SIZE);
}

static bool put_part(struct dump *dump, uint32_t i, const Elf64_Phdr *part)
{
    return put(dump, sizeof(Elf64_Ehdr) + i * sizeof(*part), part, sizeof(*part));
}

/* Writes a header for each VMA, in the order in which the bytes follow. */
static bool put_parts(struct dump *dump, size_t n_notes)
{
    struct vma vma = {.end = 0};
    uint64_t size, at = head_size(dump, n_notes);
    bool good = true;
    for (uint32_t i = 1; good && i < dump->n_most && next_vma(dump, &vma, &size); i++) {
        Elf64_Phdr part = {.p_type = PT_LOAD,
                           .p_flags = (vma.prot & PROT_READ ? PF_R : 0) |
                                      (vma.prot & PROT_WRITE ? PF_W : 0) |
                                      (vma.prot & PROT_EXEC ? PF_X : 0),
                           .p_offset = at,
                           .p_vaddr = vma.start,
                           .p_filesz = size,
                           .p_memsz = vma.end - vma.start,
                           .p_align = PAGE_SIZE};
        good = put_part(dump, i, &part);
        at += size;
        vma_drop(&vma);
    }
    return good;
}

/* Writes the pages that are in memory; the others become holes. */
static bool put_vma(struct dump *dump, const struct vma *vma, uint64_t size, uint64_t to)
{
    bool good = true;
    for (uint64_t at = vma->start; good && at < vma->start + size;) {
        bool found = vma->backing
                         ? next_backed(dump, vma, &at)
                         : space_next_page(dump->space, &at, vma->start + size, dump->page);
        if (found)
            good = put(dump, to + at - PAGE_SIZE - vma->start, dump->page, PAGE_SIZE);
        else
            good = cond_resched();
    }
    return good;
}

static bool put_memory(struct dump *dump, size_t n_notes)
{
    struct vma vma = {.end = 0};
    uint64_t size, at = head_size(dump, n_notes);
    bool good = true;
    for (uint32_t i = 1; good && i < dump->n_most && next_vma(dump, &vma, &size); i++) {
        good = put_vma(dump, &vma, size, at);
        at += size;
        vma_drop(&vma);
    }
    return good && (dump->end >= at || put(dump, at - 1, "", 1)); /* the last page may be a hole */
}

/* ---- The file ---- */

__attribute__((noinline)) static bool put_all(struct dump *dump, const siginfo_t *info)
{
    size_t n_notes = size_of_notes(dump);
    uint64_t at = sizeof(Elf64_Ehdr) + dump->n_most * sizeof(Elf64_Phdr);
    Elf64_Ehdr head = {.e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
                       .e_type = ET_CORE,
                       .e_machine = EM_X86_64,
                       .e_version = EV_CURRENT,
                       .e_phoff = sizeof(head),
                       .e_ehsize = sizeof(head),
                       .e_phentsize = sizeof(Elf64_Phdr),
                       .e_phnum = (uint16_t)dump->n_most};
    Elf64_Phdr notes = {.p_type = PT_NOTE, .p_offset = at, .p_filesz = n_notes, .p_align = 4};
    dump->notes_at = at;
    return put(dump, 0, &head, sizeof(head)) && put_part(dump, 0, &notes) &&
           put_notes(dump, info) && put_parts(dump, n_notes) && put_memory(dump, n_notes);
}

/* Makes the file, and removes one with the same name before. 0 or -errno. */
__attribute__((noinline)) static int open_file(struct thread *self, int signal, char *page,
                                               struct file **file)
{
    core_name(self, signal, page);
    sys_unlink(&self->fs, page);
    int err =
        file_open(&self->fs, AT_FDCWD, page, O_CREAT | O_EXCL | O_NOFOLLOW | O_RDWR, 0600, file);
    if (!err && ((*file)->inode->mode & 0677) != 0600) { /* by the umask */
        file_unref(*file);
        err = -EACCES;
    }
    return err;
}

/* Should the process leave a core if it dies of this signal? */
static bool is_wanted(const struct process *process, int signal)
{
    return SIGNAL_BIT(signal) & CORE_SIGNALS && process->dumpable == 1 &&
           process->limits[RLIMIT_CORE].rlim_cur >= PAGE_SIZE;
}

/* Writes the core of the calling process, when all other threads stay. False if no file was made;
 * an incomplete one counts, as on Linux. */
static bool dump_core(struct thread *self, const siginfo_t *info)
{
    struct space *space = self->space;
    if (!is_wanted(self->process, info->si_signo)) /* another thread may have changed that */
        return false;
    struct dump dump = {.self = self,
                        .space = space,
                        .page = buffer_alloc(),
                        .left = self->process->limits[RLIMIT_CORE].rlim_cur};
    dump.n_most = min(__atomic_load_n(&space->n_vmas, __ATOMIC_RELAXED) + 1, 0xfffeu);
    bool begun = dump.page && open_file(self, info->si_signo, dump.page, &dump.file) == 0;
    if (begun) {
        put_all(&dump, info);
        file_unref(dump.file);
    }
    buffer_free(dump.page);
    return begun;
}

/* ---- The end of the process ---- */

/* Called by each thread before it leaves. */
static void stay_for_core(struct process *process)
{
    spin_lock(&proc_lock);
    if (process->dumping && ++process->n_staying == process->n_threads - 1)
        wake_all(&process->resumed);
    while (process->dumping)
        wait_on_spin(&process->resumed, &proc_lock, WAIT_FIRM, NO_DEADLINE, "core");
    spin_unlock(&proc_lock);
}

/* Begins the end of the process and waits until all other threads stay or have left. False if
 * another thread ends the process or is in exec. Takes proc_lock and signal_lock; sleeps. */
static bool end_alone(struct thread *self, int signal)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    bool first = !process->group_exiting && !process->exec_thread;
    if (first) {
        process->dumping = true; /* before the others are told to leave */
        process_end_locked(process, self, signal);
        spin_lock(&process->signal_lock);
        self->kill_due = false; /* a signal that would have been deadly before is too late now */
        spin_unlock(&process->signal_lock);
    }
    while (first && process->n_threads - process->n_staying > 1)
        wait_on_spin(&process->resumed, &proc_lock, WAIT_FIRM, NO_DEADLINE, "core");
    spin_unlock(&proc_lock);
    return first;
}

static void dump_and_end(struct thread *self, const siginfo_t *info)
{
    struct process *process = self->process;
    if (!is_wanted(process, info->si_signo) || !end_alone(self, info->si_signo))
        return;
    bool dumped = dump_core(self, info);
    spin_lock(&proc_lock);
    if (dumped && !self->kill_due)
        process->exit_status |= WCOREFLAG;
    process->dumping = false;
    wake_all(&process->resumed);
    int wait_status = process->exit_status;
    spin_unlock(&proc_lock);
    thread_leave(wait_status);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.dump = dump_and_end;
    annex_hooks.stay_for_dump = stay_for_core;
}

ANNEX(dumps, ANNEX_DEVICES, start);

/* Core dumps: the registers and the memory of a process that dies of a signal, as an ELF file.
 *
 * A debugger opens the file to see what the process was doing. It has notes (the signal, the
 * registers, the name and arguments of the program) and a header and the bytes for each VMA of
 * memory. What the file of the program or of a library has is left out, except its first page, by
 * which the debugger recognizes the file.
 *
 * The last thread writes it, in dump_and_end(), when all others have left, so the memory does not
 * change meanwhile. The file is written as the process itself would, with its rights and in its
 * directory. It may be large: the writing checks after each page if the process was killed
 * (SIGKILL), and stops at RLIMIT_CORE. A file that is cut off is still of use. */
/* SPDX-License-Identifier: MIT */
#include "abi/core.h"
#include "abi/elf.h"
#include "annex.h"
#include "annex/look/look.h"
#include "dumps.h"
#include "proc/private.h"

enum { MOST_AUXV = 1024 };

/* A dump that is being written. */
struct dump {
    struct thread *self;
    struct file *file;
    struct space *space;
    char *page;      /* scratch */
    uint64_t left;   /* bytes that RLIMIT_CORE still allows */
    uint64_t end;    /* past the last byte that was written */
    uint32_t n_most; /* number of headers that there is room for, with that of the notes */
};

/* Writes at a position of the file. False means that the rest is left out: the limit is reached,
 * memory is out, or the process is killed. */
static bool put(struct dump *dump, uint64_t at, const void *bytes, size_t n)
{
    if (n > dump->left)
        return false;
    dump->left -= n;
    dump->end = max(dump->end, at + n);
    return file_write_kernel(&dump->self->fs, dump->file, at, bytes, n) == (long)n &&
           cond_resched();
}

/* ---- Notes ---- */

/* Adds a note; its content of n bytes may be in place already. The result is where the next note
 * begins. */
static char *add_note(char *at, uint32_t type, const void *content, size_t n)
{
    struct core_note note = {5, (uint32_t)n, type, "CORE"};
    memcpy(at, &note, sizeof(note));
    if (content)
        memcpy(at + sizeof(note), content, n);
    return at + sizeof(note) + align_up(n, 4);
}

static void fill_registers(uint64_t *reg, struct thread *self)
{
    const struct trap_frame *frame = trap_frame_at(self->stack_top);
    thread_save_segments(self);
    memcpy(reg, frame, 15 * sizeof(*reg)); /* r15 to rdi: in the same order */
    reg[15] = frame->vector < TRAP_SYSCALL ? (uint64_t)-1 : frame->error;
    memcpy(reg + 16, &frame->rip, 5 * sizeof(*reg));
    reg[21] = self->fs_base;
    reg[22] = self->gs_base;
    for (int i = 0; i < 4; i++)
        reg[23 + i] = self->selectors >> 16 * i & 0xffff;
}

static char *add_status(char *at, struct thread *self, const siginfo_t *info)
{
    struct process *process = self->process;
    struct core_status status = {.pr_signo = info->si_signo, .pr_cursig = (short)info->si_signo};
    spin_lock(&proc_lock);
    struct usage usage = process_usage_locked(process), children = process->children_usage;
    status.pr_ppid = process->parent_pid;
    status.pr_pgrp = process->group;
    status.pr_sid = process->session;
    spin_unlock(&proc_lock);
    status.pr_sigpend = self->signal_pending;
    status.pr_sighold = self->signal_mask;
    status.pr_pid = self->tid;
    ns_to_timeval(usage.user_ns, &status.pr_utime);
    ns_to_timeval(usage.system_ns, &status.pr_stime);
    ns_to_timeval(children.user_ns, &status.pr_cutime);
    ns_to_timeval(children.system_ns, &status.pr_cstime);
    status.pr_fpvalid = self->fpu != NULL;
    fill_registers(status.pr_reg, self);
    return add_note(at, NT_PRSTATUS, &status, sizeof(status));
}

static char *add_info(char *at, struct thread *self, struct space *space)
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
    return add_note(at, NT_PRPSINFO, &info, sizeof(info));
}

/* Writes all notes to the page. The result is their length. */
static size_t make_notes(struct dump *dump, const siginfo_t *info)
{
    struct thread *self = dump->self;
    struct space *space = dump->space;
    char *at = add_status(dump->page, self, info);
    at = add_info(at, self, space);
    at = add_note(at, NT_SIGINFO, info, sizeof(*info));
    size_t n = min(space->auxv_end - space->auxv_start, (uint64_t)MOST_AUXV);
    n = space_peek(space, space->auxv_start, at + sizeof(struct core_note), n);
    at = add_note(at, NT_AUXV, NULL, n);
    if (self->fpu) {
        fpu_flush(self, self->fpu);
        at = add_note(at, NT_PRFPREG, self->fpu->bytes, sizeof(self->fpu->bytes));
    }
    return at - dump->page;
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
    size_t n_notes = make_notes(dump, info);
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
    return put(dump, 0, &head, sizeof(head)) && put_part(dump, 0, &notes) &&
           put(dump, at, dump->page, n_notes) && put_parts(dump, n_notes) &&
           put_memory(dump, n_notes);
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

/* Writes the core of the calling process, when no other thread is left. False if no file was made;
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

/* Begins the end of the process and waits until all other threads have left, so that its memory
 * does not change while the core is written. False if another thread ends the process or is in
 * exec. Takes proc_lock and signal_lock; sleeps. */
static bool end_alone(struct thread *self, int signal)
{
    struct process *process = self->process;
    spin_lock(&proc_lock);
    bool first = !process->group_exiting && !process->exec_thread;
    if (first) {
        process_end_locked(process, self, signal);
        process->dumping = true;
        spin_lock(&process->signal_lock);
        self->kill_due = false; /* a signal that would have been deadly before is too late now */
        spin_unlock(&process->signal_lock);
    }
    while (first && process->n_threads > 1)
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
    int wait_status = process->exit_status;
    spin_unlock(&proc_lock);
    thread_leave(wait_status);
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    proc_hooks.dump = dump_and_end;
}

ANNEX(dumps, ANNEX_DEVICES, start);

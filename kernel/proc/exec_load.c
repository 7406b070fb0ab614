/* Loading a program: the segments of an ELF file become VMAs of a new address space.
 *
 * Nothing is read into memory here. Each segment is a range of the file with an address and a
 * protection; it is mapped private, and pages come by page faults when the program touches them. A
 * segment may be larger in memory than in the file (.bss): the rest is mapped as zeroed memory. The
 * page in which the file's part ends is mapped from the file as a whole, so its end is overwritten
 * with zeros.
 *
 * The layout, from above: stack, libraries (downwards from mmap_top), and the program with its
 * break. Addresses are the same at each start. A position-independent program is moved to PIE_BASE,
 * and `bias` is what is added to all its addresses.
 *
 * If the program names a dynamic loader (PT_INTERP), that is mapped too and gets control first; it
 * finds the program through the auxiliary vector. */
/* SPDX-License-Identifier: MIT */
#include "private.h"

enum { LIBRARY_GAP = 128 << 20 };

int exec_read_head(struct exec *exec, struct file *file)
{
    long n = file_read_kernel(file, 0, exec->head, sizeof(exec->head));
    if (n < 0)
        return n;
    exec->head_bytes = n;
    memset(exec->head + n, 0, sizeof(exec->head) - n);
    return 0;
}

/* Maps [start, start + n_bytes) from the file or, without one, as zeroed memory. 0 or -errno. Takes
 * the space's lock. */
static int map(struct space *space, uint64_t start, uint64_t n_bytes, uint32_t prot,
               struct file *file, uint64_t offset)
{
    struct map_request request = {
        .address = start,
        .n_bytes = n_bytes,
        .prot = prot,
        .backing = file ? file->ops->backing(file) : NULL,
        .name = file ? file->dentry : NULL,
        .offset = offset,
        .map_flags = MAP_PRIVATE | MAP_FIXED_NOREPLACE | (file ? 0 : MAP_ANONYMOUS),
    };
    long result = space_map(space, &request);
    return result == -EEXIST ? -ENOMEM : result < 0 ? result : 0;
}

/* Writes zeros from `start` to the end of its page, where the file continues but the program's data
 * does not. 0 or -ENOMEM. Takes the space's lock. */
static int clear_tail(struct space *space, uint64_t start)
{
    uint64_t n = align_up(start, PAGE_SIZE) - start;
    return space_poke(space, start, NULL, n) == n ? 0 : -ENOMEM;
}

/* Maps one segment: the file's part, then zeroed memory up to its size. 0 or -errno; -EACCES for
 * one that is writable and executable. Takes the space's lock. */
static int map_segment(struct exec *exec, const struct elf_segment *segment, struct file *file,
                       uint64_t bias)
{
    uint32_t prot = (segment->readable ? PROT_READ : 0) | (segment->writable ? PROT_WRITE : 0) |
                    (segment->executable ? PROT_EXEC : 0);
    if (segment->writable && segment->executable) {
        klog("exec: %s has a segment that is writable and executable", exec->path);
        return -EACCES;
    }
    uint64_t address = segment->address + bias, start = align_down(address, PAGE_SIZE);
    uint64_t file_end = address + segment->file_size;
    uint64_t mapped_end = segment->file_size ? align_up(file_end, PAGE_SIZE) : start;
    uint64_t end = align_up(address + segment->memory_size, PAGE_SIZE);
    int err = 0;
    if (mapped_end > start)
        err = map(exec->space, start, mapped_end - start, prot, file,
                  align_down(segment->offset, PAGE_SIZE));
    if (!err && end > mapped_end)
        err = map(exec->space, mapped_end, end - mapped_end, prot, NULL, 0);
    bool has_tail = segment->file_size && segment->memory_size > segment->file_size;
    if (!err && has_tail && segment->writable)
        err = clear_tail(exec->space, file_end);
    return err;
}

static int map_image(struct exec *exec, const struct elf_image *image, struct file *file,
                     uint64_t bias)
{
    if (!file->ops->backing)
        return -ENOEXEC;
    for (unsigned i = 0; i < image->n_segments; i++) {
        int err = map_segment(exec, &image->segments[i], file, bias);
        if (err)
            return err;
    }
    return 0;
}

/* Opens the dynamic loader that the program names, and reads its headers. 0 or -errno; -ELIBBAD if
 * it is not an ELF file. May sleep. */
static int open_interpreter(struct exec *exec)
{
    char *path = buffer_alloc();
    if (!path)
        return -ENOMEM;
    uint64_t offset = exec->image.interpreter_offset;
    size_t n = exec->image.interpreter_size;
    int err = n > PATH_MAX ? -ENOEXEC : offset > INT64_MAX ? -EINVAL : 0;
    if (!err && file_read_kernel(exec->file, offset, path, n) != (long)n)
        err = -EIO;
    if (!err && path[n - 1] != '\0')
        err = -ENOEXEC;
    if (!err && !path[0])
        err = -EACCES; /* as for the working directory, which "" would name */
    if (!err)
        err = file_open_exec(exec->fs, AT_FDCWD, path, 0, &exec->interpreter);
    buffer_free(path);
    if (!err)
        err = exec_read_head(exec, exec->interpreter);
    if (!err && elf_read(exec->head, exec->head_bytes, exec->interpreter->inode->size,
                         &exec->interpreter_image))
        err = -ELIBBAD;
    return err;
}

/* Makes an empty space with the process's limits and chooses where stack and libraries are. 0 with
 * exec->space set, or -ENOMEM. */
static int make_space(struct exec *exec)
{
    struct space *space = exec->space = space_create();
    if (!space)
        return -ENOMEM;
    uint64_t stack_bytes = min(exec->process->limits[RLIMIT_STACK].rlim_cur, STACK_TOP / 6 * 5);
    if (exec->secure)
        stack_bytes = min(stack_bytes, (uint64_t)EXEC_SECURE_STACK);
    limits_apply(exec->process, space);
    space->stack_top = STACK_TOP;
    space->mmap_top = align_down(STACK_TOP - max(stack_bytes, (uint64_t)LIBRARY_GAP), PAGE_SIZE);
    return 0;
}

/* The break begins after the program's last segment. */
static void place_break(struct exec *exec)
{
    exec->space->brk_start = exec->space->brk_end = exec->image.high + exec->bias;
}

/* Maps the dynamic loader at the top of the libraries' range; the program then starts there. 0 or
 * -errno. Takes the space's lock. */
static int load_interpreter(struct exec *exec)
{
    const struct elf_image *image = &exec->interpreter_image;
    uint64_t span = image->high - image->low;
    if (image->is_relocatable)
        exec->interpreter_base = exec->space->mmap_top - span - image->low;
    int err = map_image(exec, image, exec->interpreter, exec->interpreter_base);
    exec->entry = image->entry + exec->interpreter_base;
    return err;
}

int exec_load(struct exec *exec)
{
    int err = elf_read(exec->head, exec->head_bytes, exec->file->inode->size, &exec->image);
    if (!err)
        err = make_space(exec);
    if (!err && exec->image.interpreter_size)
        err = open_interpreter(exec);
    if (err)
        return err;
    if (exec->image.is_relocatable)
        exec->bias = PIE_BASE - exec->image.low;
    exec->entry = exec->image.entry + exec->bias;
    err = map_image(exec, &exec->image, exec->file, exec->bias);
    if (err)
        return err;
    place_break(exec);
    return exec->interpreter ? load_interpreter(exec) : 0;
}

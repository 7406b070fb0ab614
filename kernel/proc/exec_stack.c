/* What a program finds in memory when it starts: argument strings, the environment block, and the
 * vectors of pointers and facts above its stack pointer.
 *
 * From the top of the stack downwards: random bytes, the platform's name, the path, the argument
 * strings; then auxv, envp, argv and argc. The strings of the environment are in the environment
 * block, a VMA of its own.
 *
 * All strings are in the memory of the old program, which still exists, and are copied into the new
 * space, which is not loaded yet. Addresses must be known before anything is written, because the
 * pointers in argv come before the strings. So the strings are read twice: plan() measures them and
 * chooses the addresses, write_all() copies them. Between the two another thread of the old program
 * may change them. A longer string moves those after it up, and if they do not fit, writing fails:
 * nothing is mapped beyond the stack and the block.
 *
 * Two writers run side by side, one for the strings and one for the pointers to them. */
/* SPDX-License-Identifier: MIT */
#include "abi/auxvec.h"
#include "abi/env.h"
#include "abi/times.h"
#include "private.h"

enum {
    CHUNK = 128,       /* bytes of a string that are read at a time */
    STRING_WORK = 256, /* the fixed cost of a string, in bytes copied */
    WRITER_BYTES = PAGE_SIZE / 2,
    N_AUX = 20,
    RANDOM_BYTES = 16,
    STACK_SPARE = 32 * PAGE_SIZE, /* mapped below what is used at the start; faults add more */
};

#define PLATFORM "x86_64"

/* Collects bytes for ascending addresses of the new space, and writes a buffer of them at a time.
 */
struct writer {
    struct space *space;
    uint64_t at; /* the address for the buffer's first byte */
    size_t fill;
    char *buffer; /* WRITER_BYTES */
    int err;      /* the first error; after it nothing more is written */
};

struct extent {
    uint64_t n_strings, n_bytes;
};

/* ---- Writing ---- */

static void writer_flush(struct writer *writer)
{
    if (writer->fill && !writer->err &&
        space_poke(writer->space, writer->at, writer->buffer, writer->fill) != writer->fill)
        writer->err = -ENOMEM;
    writer->at += writer->fill;
    writer->fill = 0;
}

static uint64_t writer_position(const struct writer *writer)
{
    return writer->at + writer->fill;
}

static void writer_move(struct writer *writer, uint64_t to)
{
    writer_flush(writer);
    writer->at = to;
}

static void put(struct writer *writer, const void *data, size_t n)
{
    while (n > 0) {
        if (writer->fill == WRITER_BYTES)
            writer_flush(writer);
        size_t step = min(n, WRITER_BYTES - writer->fill);
        memcpy(writer->buffer + writer->fill, data, step);
        writer->fill += step;
        data = (const char *)data + step;
        n -= step;
    }
}

/* The short path for words, which are most of what is written. The buffer's size is a multiple of a
 * word; what it holds may not be. */
static void put_word(struct writer *writer, uint64_t word)
{
    if (writer->fill % sizeof(word) || writer->fill == WRITER_BYTES) {
        put(writer, &word, sizeof(word));
        return;
    }
    *(uint64_t *)(writer->buffer + writer->fill) = word;
    writer->fill += sizeof(word);
}

static void put_pair(struct writer *writer, uint64_t kind, uint64_t value)
{
    put_word(writer, kind);
    put_word(writer, value);
}

/* ---- The caller's strings ---- */

/* How many bytes of a string to read next, after `total` bytes: not into the next page, which may
 * be unmapped, and not beyond the longest string. */
static size_t chunk_at(uint64_t from, size_t total, size_t room)
{
    size_t n = min(min(room, (size_t)CHUNK), PAGE_SIZE - from % PAGE_SIZE);
    return min(n, MAX_ARG_STRLEN - total);
}

/* Copies a user's string with its NUL. An error is kept in the writer. */
static void put_user_string(struct writer *writer, uint64_t from)
{
    for (size_t total = 0; total < MAX_ARG_STRLEN && !writer->err;) {
        if (writer->fill == WRITER_BYTES)
            writer_flush(writer);
        char *to = writer->buffer + writer->fill;
        size_t n = chunk_at(from, total, WRITER_BYTES - writer->fill);
        if (user_copy_in(to, uaddr(from), n)) {
            writer->err = -EFAULT;
            return;
        }
        char *nul = memchr(to, '\0', n);
        if (nul) {
            writer->fill += nul + 1 - to;
            return;
        }
        writer->fill += n;
        from += n;
        total += n;
    }
    if (!writer->err)
        writer->err = -E2BIG;
}

/* The length of a user's string with its NUL; -EFAULT or -E2BIG. */
static long user_string_bytes(uint64_t from)
{
    char chunk[CHUNK];
    for (size_t total = 0; total < MAX_ARG_STRLEN;) {
        size_t n = chunk_at(from, total, sizeof(chunk));
        if (user_copy_in(chunk, uaddr(from), n))
            return -EFAULT;
        char *nul = memchr(chunk, '\0', n);
        if (nul)
            return total + (nul + 1 - chunk);
        total += n;
        from += n;
    }
    return -E2BIG;
}

/* Reads pointer number `index` of argv or envp. 0 or -EFAULT. */
static int fetch_pointer(const struct exec_args *args, uint64_t array, uint64_t index, uint64_t *at)
{
    if (args->user)
        return user_copy_in(at, uaddr(array + index * sizeof(*at)), sizeof(*at));
    *at = ((const uint64_t *)array)[index];
    return 0;
}

/* Counts the strings of an array from number `first` on, and their bytes. 0, -EFAULT, -E2BIG, or
 * -EINTR if killed. */
static int measure(const struct exec_args *args, uint64_t array, uint64_t first, uint64_t most,
                   struct extent *extent)
{
    *extent = (struct extent){0};
    for (uint64_t i = 0; array; i++) {
        uint64_t at;
        if (fetch_pointer(args, array, i, &at))
            return -EFAULT;
        if (!at)
            return 0;
        if (i < first)
            continue;
        long n = args->user ? user_string_bytes(at) : (long)strlen((const char *)at) + 1;
        if (n < 0)
            return n;
        if (!thread_resched(STRING_WORK + n))
            return -EINTR;
        extent->n_strings++;
        extent->n_bytes += n;
        if (extent->n_bytes + extent->n_strings * sizeof(uint64_t) > most)
            return -E2BIG;
    }
    return 0;
}

/* Copies n strings of an array from number `first` on, and writes a pointer to each. Errors are
 * kept in the writers. */
static void put_strings(struct writer *strings, struct writer *vector, const struct exec_args *args,
                        uint64_t array, uint64_t first, uint64_t n)
{
    for (uint64_t i = first; i < first + n && !strings->err; i++) {
        uint64_t at;
        if (fetch_pointer(args, array, i, &at)) {
            strings->err = -EFAULT;
            return;
        }
        uint64_t begin = writer_position(strings);
        put_word(vector, begin);
        if (args->user)
            put_user_string(strings, at);
        else
            put(strings, (const char *)at, strlen((const char *)at) + 1);
        if (!thread_resched(STRING_WORK + writer_position(strings) - begin))
            strings->err = -EINTR;
    }
}

/* ---- Arguments ---- */

/* How many bytes and strings replace argv[0]: for a script, its interpreters with their arguments
 * and its path; for a program that is started without any argument, an empty string. */
static uint64_t prefix_bytes(const struct exec *exec, bool no_arguments, uint64_t *n_strings)
{
    if (!exec->n_prefix) {
        *n_strings = no_arguments;
        return no_arguments;
    }
    *n_strings = exec->n_prefix + 1;
    return sizeof(exec->prefix) - exec->prefix_start + strlen(exec->path) + 1;
}

static void put_prefix(struct writer *strings, struct writer *vector, const struct exec *exec,
                       uint64_t n_strings)
{
    const char *at = exec->prefix + exec->prefix_start;
    for (unsigned i = 0; i < exec->n_prefix; i++) {
        put_word(vector, writer_position(strings));
        put(strings, at, strlen(at) + 1);
        at += strlen(at) + 1;
    }
    if (n_strings > exec->n_prefix) {
        const char *last = exec->n_prefix ? exec->path : "";
        put_word(vector, writer_position(strings));
        put(strings, last, strlen(last) + 1);
    }
}

/* ---- Facts ---- */

static void put_aux(struct writer *vector, const struct exec *exec, uint64_t path_at)
{
    const struct cred *cred = exec->cred;
    uint64_t platform_at = path_at + strlen(exec->path) + 1;
    uint64_t headers = exec->image.header_address;
    put_pair(vector, AT_HWCAP, cpu_hwcap());
    put_pair(vector, AT_PAGESZ, PAGE_SIZE);
    put_pair(vector, AT_CLKTCK, USER_HZ);
    put_pair(vector, AT_PHDR, headers ? headers + exec->bias : 0);
    put_pair(vector, AT_PHENT, exec->image.header_size);
    put_pair(vector, AT_PHNUM, exec->image.n_headers);
    put_pair(vector, AT_BASE, exec->interpreter_base);
    put_pair(vector, AT_FLAGS, 0);
    put_pair(vector, AT_ENTRY, exec->image.entry + exec->bias);
    put_pair(vector, AT_UID, cred->uid);
    put_pair(vector, AT_EUID, cred->euid);
    put_pair(vector, AT_GID, cred->gid);
    put_pair(vector, AT_EGID, cred->egid);
    put_pair(vector, AT_SECURE, exec->secure);
    put_pair(vector, AT_RANDOM, platform_at + sizeof(PLATFORM));
    put_pair(vector, AT_EXECFN, path_at);
    put_pair(vector, AT_PLATFORM, platform_at);
    put_pair(vector, AT_MINSIGSTKSZ, signal_frame_most_bytes());
    put_pair(vector, AT_OUROS_ENV, ENV_START);
    put_pair(vector, AT_NULL, 0);
}

static void put_path_and_random(struct writer *strings, const struct exec *exec)
{
    uint8_t random[RANDOM_BYTES];
    random_fill(random, sizeof(random));
    put(strings, exec->path, strlen(exec->path) + 1);
    put(strings, PLATFORM, sizeof(PLATFORM));
    put(strings, random, sizeof(random));
}

/* ---- VMAs ---- */

static int map_zeroed(struct space *space, uint64_t start, uint64_t end, uint32_t vma_flags)
{
    struct map_request request = {
        .address = start,
        .n_bytes = end - start,
        .prot = PROT_READ | PROT_WRITE,
        .map_flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE,
        .vma_flags = vma_flags,
    };
    long result = space_map(space, &request);
    return result < 0 ? -ENOMEM : 0;
}

/* The most that strings and pointers may take together: a quarter of the stack, as on Linux. */
static uint64_t most_bytes(const struct exec *exec)
{
    uint64_t quarter = exec->process->limits[RLIMIT_STACK].rlim_cur / 4;
    return max(min(quarter, 6ull << 20), (uint64_t)ARG_MAX);
}

/* Where everything will be, and how much there is of it. */
struct layout {
    struct extent args, env;
    uint64_t first_arg; /* 1 if argv[0] is replaced */
    uint64_t n_prefix;  /* how many strings replace it */
    uint64_t strings_at, vector_at;
};

/* Measures everything and chooses the addresses.
 * 0, -EFAULT or -E2BIG. */
static int plan(struct exec *exec, struct layout *layout)
{
    const struct exec_args *args = exec->args;
    uint64_t most = most_bytes(exec);
    layout->first_arg = exec->n_prefix ? 1 : 0;
    int err = measure(args, args->argv, layout->first_arg, most, &layout->args);
    if (!err)
        err = measure(args, args->envp, 0, most, &layout->env);
    if (err)
        return err;
    uint64_t bytes =
        layout->args.n_bytes + prefix_bytes(exec, layout->args.n_strings == 0, &layout->n_prefix);
    uint64_t n_args = layout->args.n_strings + layout->n_prefix, n_env = layout->env.n_strings;
    if (bytes + layout->env.n_bytes + (n_args + n_env) * sizeof(uint64_t) > most)
        return -E2BIG;
    bytes += strlen(exec->path) + 1 + sizeof(PLATFORM) + RANDOM_BYTES;
    layout->strings_at = align_down(STACK_TOP - sizeof(uint64_t) - bytes, 16);
    uint64_t words = 1 + n_args + 1 + n_env + 1 + 2 * N_AUX;
    layout->vector_at = align_down(layout->strings_at - words * sizeof(uint64_t), 16);
    return 0;
}

/* Writes strings and vectors to the planned addresses, in ascending order. Errors are kept in the
 * writers. */
static void write_all(struct exec *exec, const struct layout *layout, struct writer *strings,
                      struct writer *vector)
{
    const struct exec_args *args = exec->args;
    struct space *space = exec->space;
    uint64_t n_args = layout->n_prefix + layout->args.n_strings;
    strings->at = space->args_start = layout->strings_at;
    vector->at = exec->stack_pointer = layout->vector_at;
    put_word(vector, n_args);
    put_prefix(strings, vector, exec, layout->n_prefix);
    put_strings(strings, vector, args, args->argv, layout->first_arg, layout->args.n_strings);
    put_word(vector, 0);
    uint64_t path_at = space->args_end = writer_position(strings);
    put_path_and_random(strings, exec);

    uint64_t text_at = ENV_START + sizeof(struct env_block);
    writer_move(strings, text_at);
    put_strings(strings, vector, args, args->envp, 0, layout->env.n_strings);
    put_word(vector, 0);
    uint64_t used = writer_position(strings) - text_at;
    writer_move(strings, space->env_block = ENV_START);
    put_word(strings, used);
    put_word(strings, ENV_AREA_SIZE - sizeof(struct env_block));
    writer_flush(strings);

    space->auxv_start = writer_position(vector);
    put_aux(vector, exec, path_at);
    space->auxv_end = writer_position(vector);
    writer_flush(vector);
}

int exec_stack(struct exec *exec)
{
    struct layout layout;
    int err = plan(exec, &layout);
    if (!err)
        err = map_zeroed(exec->space, ENV_START, ENV_START + ENV_AREA_SIZE, VMA_ENV);
    if (!err)
        err = map_zeroed(exec->space, align_down(layout.vector_at, PAGE_SIZE) - STACK_SPARE,
                         STACK_TOP, VMA_STACK);
    char *page = err ? NULL : buffer_alloc();
    if (!page)
        return err ? err : -ENOMEM;
    struct writer strings = {.space = exec->space, .buffer = page};
    struct writer vector = {.space = exec->space, .buffer = page + WRITER_BYTES};
    write_all(exec, &layout, &strings, &vector);
    buffer_free(page);
    return strings.err ? strings.err : vector.err;
}

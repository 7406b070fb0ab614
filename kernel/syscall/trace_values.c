// The tracer's printers of plain values: numbers, names of a set, flags joined by '|', file modes.
#include "abi/fcntl.h"
#include "abi/mman.h"
#include "abi/signal.h"
#include "abi/stat.h"
#include "abi/sysmacros.h"
#include "trace.h"

void trace_int(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%d", (int)value);
}

void trace_uint(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%u", (unsigned)value);
}

void trace_long(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%ld", (long)value);
}

void trace_ulong(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%lu", value);
}

void trace_hex(struct trace *trace, uint64_t value)
{
    trace_put(trace, value ? "0x%lx" : "%lu", value);
}

void trace_hex32(struct trace *trace, uint64_t value)
{
    trace_hex(trace, (uint32_t)value);
}

void trace_addr(struct trace *trace, uint64_t value)
{
    if (value)
        trace_put(trace, "0x%lx", value);
    else
        trace_put(trace, "NULL");
}

void trace_never(struct trace *trace, uint64_t value)
{
    (void)value;
    trace_put(trace, "?");
}

void trace_dirfd(struct trace *trace, uint64_t value)
{
    if ((int)value == AT_FDCWD)
        trace_put(trace, "AT_FDCWD");
    else
        trace_int(trace, value);
}

/* A user or group id: -1 means "leave as it is" where it is an argument. */
void trace_id(struct trace *trace, uint64_t value)
{
    if ((uint32_t)value == UINT32_MAX)
        trace_put(trace, "-1");
    else
        trace_uint(trace, value);
}

/* Permissions in octal, with at least three digits. */
void trace_mode(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%#03o", (unsigned)value);
}

const char *trace_find(const struct trace_name *names, uint64_t value)
{
    for (; names->value != TRACE_END; names++)
        if (names->value == value)
            return names->name;
    return NULL;
}

static const char *unknown_name(const struct trace_name *names)
{
    while (names->value != TRACE_END)
        names++;
    return names->name;
}

void trace_name(struct trace *trace, const struct trace_name *names, uint64_t value)
{
    const char *name = trace_find(names, value);
    if (name)
        trace_put(trace, "%s", name);
    else
        trace_put(trace, value ? "0x%lx /* %s */" : "%lu /* %s */", value, unknown_name(names));
}

void trace_one(struct trace *trace, uint64_t value)
{
    trace_name(trace, trace->names, (uint32_t)value);
}

/*
 * Appends the names of the bits in value, each after a '|' unless it is the first of all, then
 * what has no name as a number. True if anything was printed.
 */
static bool put_bits(struct trace *trace, const struct trace_name *names, uint64_t value,
                     bool first)
{
    uint64_t left = value;
    bool any = false;
    for (; names->value != TRACE_END; names++) {
        if (names->value == 0 || (left & names->value) != names->value)
            continue;
        trace_put(trace, "%s%s", first && !any ? "" : "|", names->name);
        left &= ~names->value;
        any = true;
    }
    if (left && (any || !first))
        trace_put(trace, "|0x%lx", left);
    else if (left)
        trace_put(trace, "0x%lx /* %s */", left, names->name);
    return any || left;
}

void trace_bits(struct trace *trace, const struct trace_name *names, uint64_t value)
{
    if (!put_bits(trace, names, value, true))
        trace_put(trace, "0");
}

void trace_flags(struct trace *trace, uint64_t value)
{
    trace_bits(trace, trace->names, (uint32_t)value);
}

void trace_open_flags(struct trace *trace, uint64_t value)
{
    trace_put(trace, "%s", trace_find(names_access_modes, value & O_ACCMODE));
    put_bits(trace, names_open_bits, (uint32_t)value & ~O_ACCMODE, false);
}

/* The mode counts only where open may make a file. */
void trace_open_mode(struct trace *trace, uint64_t value)
{
    uint64_t flags = trace->args[trace->at - 1];
    if ((flags & O_CREAT) || (flags & O_TMPFILE) == O_TMPFILE)
        trace_mode(trace, value);
    else
        trace->omit = true;
}

void trace_access_mode(struct trace *trace, uint64_t value)
{
    static const struct trace_name names[] = {
        {R_OK, "R_OK"},
        {W_OK, "W_OK"},
        {X_OK, "X_OK"},
        {TRACE_END, "?_OK"},
    };
    if ((int)value == F_OK)
        trace_put(trace, "F_OK");
    else
        trace_bits(trace, names, (uint32_t)value);
}

void trace_statx_flags(struct trace *trace, uint64_t value)
{
    static const struct trace_name names[] = {
        {AT_STATX_SYNC_AS_STAT, "AT_STATX_SYNC_AS_STAT"},
        {AT_STATX_FORCE_SYNC, "AT_STATX_FORCE_SYNC"},
        {AT_STATX_DONT_SYNC, "AT_STATX_DONT_SYNC"},
        {TRACE_END, "AT_STATX_???"},
    };
    trace_name(trace, names, value & AT_STATX_SYNC_TYPE);
    put_bits(trace, names_at_bits, (uint32_t)value & ~AT_STATX_SYNC_TYPE, false);
}

void trace_statx_mask(struct trace *trace, uint64_t value)
{
    trace_bits(trace, names_statx_bits, (uint32_t)value);
}

void trace_prot(struct trace *trace, uint64_t value)
{
    if ((uint32_t)value == PROT_NONE)
        trace_put(trace, "PROT_NONE");
    else
        trace_bits(trace, names_prots, (uint32_t)value);
}

void trace_map_flags(struct trace *trace, uint64_t value)
{
    trace_name(trace, names_map_types, value & MAP_TYPE);
    put_bits(trace, names_map_bits, (uint32_t)value & ~MAP_TYPE, false);
}

/* A mode with its type: S_IFREG|S_ISUID|0755. */
void trace_file_mode(struct trace *trace, uint64_t mode)
{
    static const struct trace_name names[] = {
        {S_ISUID, "S_ISUID"},
        {S_ISGID, "S_ISGID"},
        {S_ISVTX, "S_ISVTX"},
        {TRACE_END, ""},
    };
    const char *type = trace_find(names_file_types, mode & S_IFMT);
    bool any = type != NULL;
    if (type)
        trace_put(trace, "%s", type);
    else if (mode & S_IFMT)
        trace_put(trace, "%#o", (unsigned)(mode & S_IFMT));
    any |= (mode & S_IFMT) != 0;
    if (mode & (S_ISUID | S_ISGID | S_ISVTX))
        any |= put_bits(trace, names, mode & (S_ISUID | S_ISGID | S_ISVTX), !any);
    trace_put(trace, any ? "|%#03o" : "%#03o", (unsigned)(mode & 0777));
}

void trace_node_mode(struct trace *trace, uint64_t value)
{
    trace_file_mode(trace, (uint32_t)value);
}

/* mknod's device: of no meaning unless the mode in front of it asks for one. */
void trace_dev(struct trace *trace, uint64_t value)
{
    mode_t mode = trace->args[trace->at - 1];
    if (S_ISCHR(mode) || S_ISBLK(mode))
        trace_put(trace, "makedev(%#x, %#x)", MAJOR_OF(value), MINOR_OF(value));
    else
        trace->omit = true;
}

void trace_signal(struct trace *trace, uint64_t value)
{
    const char *name = trace_find(names_signals, (uint32_t)value);
    if (name)
        trace_put(trace, "%s", name);
    else if ((int)value == KERNEL_SIGRTMIN)
        trace_put(trace, "SIGRTMIN");
    else if ((int)value > KERNEL_SIGRTMIN && (int)value <= KERNEL_NSIG)
        trace_put(trace, "SIGRT_%d", (int)value - KERNEL_SIGRTMIN);
    else
        trace_int(trace, value);
}

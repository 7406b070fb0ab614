// The tracer's printers of strings and buffers: quoted as C would, cut at 32 bytes as strace does.
#include "abi/dirent.h"
#include "abi/errno.h"
#include "abi/uio.h"
#include "lib.h"
#include "trace.h"
#include "x86.h"

enum { SHOWN_BYTES = 32, SHOWN_STRINGS = 32 };

/* A byte that has no picture: a letter's escape or octal, as short as what follows it allows. */
static void put_escape(struct trace *trace, uint8_t byte, uint8_t next)
{
    static const struct trace_name letters[] = {
        {'\n', "\\n"}, {'\t', "\\t"}, {'\r', "\\r"},  {'\v', "\\v"},
        {'\f', "\\f"}, {'"', "\\\""}, {'\\', "\\\\"}, {TRACE_END, NULL},
    };
    const char *letter = trace_find(letters, byte);
    if (letter)
        trace_put(trace, "%s", letter);
    else
        trace_put(trace, next >= '0' && next <= '7' ? "\\%03o" : "\\%o", byte);
}

void trace_quote(struct trace *trace, const char *bytes, size_t n)
{
    trace_put(trace, "\"");
    for (size_t i = 0; i < n; i++) {
        uint8_t byte = bytes[i];
        if (byte >= ' ' && byte <= '~' && byte != '"' && byte != '\\')
            trace_put(trace, "%c", byte);
        else
            put_escape(trace, byte, i + 1 < n ? bytes[i + 1] : 0);
    }
    trace_put(trace, "\"");
}

void trace_user_bytes(struct trace *trace, uint64_t at, size_t n)
{
    char bytes[SHOWN_BYTES];
    size_t shown = min(n, sizeof bytes);
    if (user_copy_in(bytes, uaddr(at), shown) < 0) {
        trace_addr(trace, at);
        return;
    }
    trace_quote(trace, bytes, shown);
    if (n > shown)
        trace_put(trace, "...");
}

/* Up to `limit` bytes of a user's string. */
static void put_string(struct trace *trace, uint64_t at, size_t limit)
{
    char *string = trace->scratch;
    long n = at ? user_copy_string(string, uaddr(at), limit + 1) : -EFAULT;
    bool cut = n == -ENAMETOOLONG;
    if (cut)
        n = user_copy_in(string, uaddr(at), limit) == 0 ? (long)limit : -EFAULT;
    if (n < 0) {
        trace_addr(trace, at);
        return;
    }
    trace_quote(trace, string, n);
    if (cut)
        trace_put(trace, "...");
}

void trace_user_string(struct trace *trace, uint64_t at)
{
    put_string(trace, at, SHOWN_BYTES);
}

/* Paths are not cut, unless they are longer than any that one reads. */
void trace_path(struct trace *trace, uint64_t value)
{
    put_string(trace, value, sizeof trace->scratch - 1);
}

/* An argument vector: ["ls", "-l"]. */
void trace_strings(struct trace *trace, uint64_t value)
{
    uint64_t string;
    if (!value || user_copy_in(&string, uaddr(value), sizeof string) < 0) {
        trace_addr(trace, value);
        return;
    }
    trace_put(trace, "[");
    for (unsigned i = 0; string; i++) {
        trace_put(trace, i > 0 ? ", " : "");
        if (i == SHOWN_STRINGS) {
            trace_put(trace, "...");
            break;
        }
        trace_user_string(trace, string);
        uint64_t next = value + (i + 1) * sizeof string;
        if (user_copy_in(&string, uaddr(next), sizeof string) < 0) {
            trace_put(trace, ", ... /* 0x%lx */", next);
            break;
        }
    }
    trace_put(trace, "]");
}

/* An environment: how many strings, not which. */
void trace_environment(struct trace *trace, uint64_t value)
{
    uint64_t string;
    unsigned n = 0;
    trace_addr(trace, value);
    if (!value)
        return;
    while (user_copy_in(&string, uaddr(value + n * sizeof string), sizeof string) == 0 && string)
        n++;
    trace_put(trace, n == 1 ? " /* %u var */" : " /* %u vars */", n);
}

/* The length of a buffer is the argument behind it. */
static uint64_t next_arg(const struct trace *trace)
{
    return trace->args[trace->at + 1];
}

void trace_in_buf(struct trace *trace, uint64_t value)
{
    if (value)
        trace_user_bytes(trace, value, next_arg(trace));
    else
        trace_addr(trace, value);
}

/* What the call put into a buffer; its result says how much. */
void trace_out_buf(struct trace *trace, uint64_t value)
{
    if (!value || trace_failed(trace))
        trace_addr(trace, value);
    else
        trace_user_bytes(trace, value, trace->result);
}

/* Random bytes are no text: each in hexadecimal. */
void trace_random_buf(struct trace *trace, uint64_t value)
{
    uint8_t bytes[SHOWN_BYTES];
    size_t shown = min((size_t)max(trace->result, 0l), sizeof bytes);
    if (!trace_fetch(trace, value, bytes, shown))
        return;
    trace_put(trace, "\"");
    for (size_t i = 0; i < shown; i++)
        trace_put(trace, "\\x%02x", bytes[i]);
    trace_put(trace, (size_t)trace->result > shown ? "\"..." : "\"");
}

void trace_out_text(struct trace *trace, uint64_t value)
{
    if (trace_failed(trace))
        trace_addr(trace, value);
    else
        trace_path(trace, value);
}

/* A buffer full of directory entries: how many. */
void trace_entries(struct trace *trace, uint64_t value)
{
    struct linux_dirent64 entry;
    unsigned n = 0;
    trace_addr(trace, value);
    if (trace_failed(trace))
        return;
    for (long done = 0; done < trace->result; done += entry.d_reclen, n++)
        if (user_copy_in(&entry, uaddr(value + done), sizeof entry) < 0 || !entry.d_reclen)
            return;
    trace_put(trace, n == 1 ? " /* %u entry */" : " /* %u entries */", n);
}

/* Pieces of a scattered transfer, of which the first `total` bytes hold something. */
static void put_iov(struct trace *trace, uint64_t value, size_t total)
{
    struct iovec piece;
    uint64_t n = (uint32_t)next_arg(trace);
    if (!value || user_copy_in(&piece, uaddr(value), sizeof piece) < 0) {
        trace_addr(trace, value);
        return;
    }
    trace_put(trace, "[");
    for (uint64_t i = 0; i < n; i++) {
        trace_put(trace, i > 0 ? ", " : "");
        uint64_t at = value + i * sizeof piece;
        if (i == SHOWN_STRINGS || user_copy_in(&piece, uaddr(at), sizeof piece) < 0) {
            trace_put(trace, "...");
            break;
        }
        trace_put(trace, "{iov_base=");
        trace_user_bytes(trace, (uint64_t)piece.iov_base, min(piece.iov_len, total));
        trace_put(trace, ", iov_len=%lu}", piece.iov_len);
        total -= min(piece.iov_len, total);
    }
    trace_put(trace, "]");
}

void trace_in_iov(struct trace *trace, uint64_t value)
{
    put_iov(trace, value, SIZE_MAX);
}

void trace_out_iov(struct trace *trace, uint64_t value)
{
    if (trace_failed(trace))
        trace_addr(trace, value);
    else
        put_iov(trace, value, trace->result);
}

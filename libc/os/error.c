/* os.error_name, os.perror: errors as Python names and prints them. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "os_internal.h"

static const struct {
    int code;
    const char *name;
} names[] = {
    {EAGAIN, "BlockingIOError"},
    {EALREADY, "BlockingIOError"},
    {EINPROGRESS, "BlockingIOError"},
    {EPIPE, "BrokenPipeError"},
    {ESHUTDOWN, "BrokenPipeError"},
    {ECHILD, "ChildProcessError"},
    {ECONNABORTED, "ConnectionAbortedError"},
    {ECONNREFUSED, "ConnectionRefusedError"},
    {ECONNRESET, "ConnectionResetError"},
    {EEXIST, "FileExistsError"},
    {ENOENT, "FileNotFoundError"},
    {EINTR, "InterruptedError"},
    {EISDIR, "IsADirectoryError"},
    {ENOTDIR, "NotADirectoryError"},
    {EACCES, "PermissionError"},
    {EPERM, "PermissionError"},
    {ESRCH, "ProcessLookupError"},
    {ETIMEDOUT, "TimeoutError"},
};

const char *os_error_name(int code)
{
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (names[i].code == code)
            return names[i].name;
    return "OSError";
}

/* The length of the UTF-8 character that begins here; 0 if there is none. */
static int utf8_length(const unsigned char *c)
{
    int length = *c < 0x80 ? 1 : *c < 0xc2 ? 0 : *c < 0xe0 ? 2 : *c < 0xf0 ? 3 : *c < 0xf5 ? 4 : 0;

    for (int i = 1; i < length; i++)
        if ((c[i] & 0xc0) != 0x80)
            return 0;
    if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
        (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
        return 0;
    return length;
}

/* Writes one character as repr() shows it, in at most 6 bytes, and moves *at past it. */
static char *quote(char *to, const unsigned char **at, char mark)
{
    unsigned char c = **at;
    int length = utf8_length(*at);

    if (**at == 0xc2 && length == 2 && ((*at)[1] <= 0xa0 || (*at)[1] == 0xad)) {
        *at += 2; /* U+0080 to U+00A0 and U+00AD are not printable */
        return to + sprintf(to, "\\x%02x", (*at)[-1]);
    }
    if (length > 1) {
        memcpy(to, *at, (size_t)length);
        *at += length;
        return to + length;
    }
    ++*at;
    if (c == '\\' || c == (unsigned char)mark) {
        *to++ = '\\';
        *to++ = (char)c;
        return to;
    }
    if (c == '\n' || c == '\r' || c == '\t')
        return stpcpy(to, c == '\n' ? "\\n" : c == '\r' ? "\\r" : "\\t");
    if (c >= ' ' && c < 127) {
        *to++ = (char)c;
        return to;
    }
    return to + sprintf(to, c < 128 ? "\\x%02x" : "\\udc%02x", c);
}

void os_perror(const char *path)
{
    int code = errno;
    char *text = malloc(6 * (path ? strlen(path) : 0) + 8), *to = text;
    char mark = path && strchr(path, '\'') && !strchr(path, '"') ? '"' : '\'';

    if (path && text) {
        to = stpcpy(to, ": ");
        *to++ = mark;
        for (const unsigned char *at = (const unsigned char *)path; *at;)
            to = quote(to, &at, mark);
        *to++ = mark;
    }
    if (text)
        *to = '\0';
    fprintf(stderr, "%s: [Errno %d] %s%s\n", os_error_name(code), code, strerror(code),
            text ? text : "");
    free(text);
    errno = code;
}

/* User addresses, and copies from and to user memory. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include "x86/paging.h"

/* A type that C cannot dereference, so that no user address is used by mistake. */
typedef struct {
    uint64_t at;
} uaddr_t;

static inline uaddr_t uaddr(uint64_t at)
{
    return (uaddr_t){at};
}
static inline uaddr_t uaddr_add(uaddr_t u, uint64_t n)
{
    return (uaddr_t){u.at + n};
}
static inline bool uaddr_is_null(uaddr_t u)
{
    return u.at == 0;
}
/* True if all of [u, u+n) lies in user space, whether it is mapped or not. */
static inline bool uaddr_range_ok(uaddr_t u, uint64_t n)
{
    return n <= USER_END && u.at <= USER_END - n;
}

/* Copy n bytes; 0, or -EFAULT if a byte cannot be accessed (bytes before it may be copied). */
int user_copy_in(void *to, uaddr_t from, size_t n);
int user_copy_out(uaddr_t to, const void *from, size_t n);
/* The same, but the result is how many bytes were copied, from the start on: for read and write. */
size_t user_copy_in_some(void *to, uaddr_t from, size_t n);
size_t user_copy_out_some(uaddr_t to, const void *from, size_t n);
/* Writes n zero bytes; the result is how many were written, from the start on. */
size_t user_clear_some(uaddr_t to, size_t n);
/* Copies a string with its NUL into to[size]. The result is its length, -EFAULT, or -ENAMETOOLONG
 * if it does not fit. */
long user_copy_string(char *to, uaddr_t from, size_t size);

/* Clear and copy a whole page. The addresses are of the kernel and page-aligned. */
void page_clear(void *page);
void page_copy(void *to, const void *from);

/* The environment block: NAME=VALUE strings, one after the other in one area, changed in place. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include "lock.h"

/* Held by the functions that programs call, while they use the functions below. The environment may
 * still not be read by one thread, by getenv's result or environ, while another changes it. */
extern unsigned env_lock;

/* The array environ as libc left it at its last change; entries is NULL before the first. */
extern struct env_array {
    char **entries;
    size_t n;
} env_array;

/* The place in environ of the variable with this name (of `length` bytes), or -1. */
long env_find(const char *name, size_t length);

/* Sets a variable to copies of name and value; 0, or -1 and ENOMEM. */
int env_set(const char *name, size_t length, const char *value);

/* Makes the caller's string `entry` itself part of environ, outside the block; 0, or -1 and
 * ENOMEM. */
int env_link(char *entry, size_t length);

/* Removes every entry with this name; 0, or -1 and ENOMEM. */
int env_remove(const char *name, size_t length);

/* Removes all variables; 0, or -1 and ENOMEM. */
int env_clear(void);

/* The length of a name if it may be set, otherwise 0 and EINVAL. */
size_t env_name_length(const char *name);

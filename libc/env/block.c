/* Changes the environment block and the array environ, and keeps the two in agreement.
 *
 * The environment is kept in one area, the block, which the kernel sees too: it passes the block
 * through the auxiliary vector and shows it in /proc/self/environ. So setenv is a change in memory,
 * without a system call. Linux has no such block; there it is made at the first change, in a
 * mapping of the program.
 *
 * The strings in the block stay packed, one after the other. A value of the same length is written
 * over the old one. Any other makes all strings after it move, and with them the pointers in
 * environ that point to them (shift). So a pointer from getenv is valid until the next change, as
 * POSIX allows. Two things must be watched. A name or value that is itself in the block would move
 * while it is used, so it is copied first (set_copied). And a program may assign another list to
 * environ: each change compares environ with the array as we left it, and if they differ, copies
 * the strings of the new list into the block (take_over).
 *
 * Every change gets its memory first; if there is none, it fails and nothing has changed. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <abi/env.h>
#include "env.h"
#include "start.h"
#include "syscall.h"

static struct env_block *block;
static size_t room;      /* how many entries fit; 0: the array is from exec, of exact size */
static char **own_array; /* the array, if it is from malloc */

static bool in_block(const char *entry)
{
    return entry >= block->text && entry < block->text + block->used;
}

static struct env_block *kernel_block(void)
{
    unsigned long *value = aux_find(AT_OUROS_ENV);

    return value ? (struct env_block *)*value : NULL;
}

static struct env_block *own_block(void)
{
    long at = sys_mmap(NULL, ENV_AREA_SIZE, PROT_READ | PROT_WRITE,
                       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    struct env_block *made = (struct env_block *)at;

    if (syscall_ret(at) == -1)
        return NULL;
    made->size = ENV_AREA_SIZE - sizeof(*made);
    return made;
}

static size_t count(char **entries)
{
    size_t found = 0;

    while (entries && entries[found])
        found++;
    return found;
}

/* Makes sure that the array has space for `wanted` entries and the NULL. */
static int grow_array(size_t wanted)
{
    if (wanted < room)
        return 0;
    size_t new_room = (wanted + 16) * 2;
    char **grown = malloc(new_room * sizeof(*grown));
    if (!grown)
        return -1;
    memcpy(grown, env_array.entries, env_array.n * sizeof(*grown));
    grown[env_array.n] = NULL;
    free(own_array);
    env_array.entries = own_array = environ = grown;
    room = new_room;
    return 0;
}

/* The program has assigned another list to environ: replaces the contents of the block by its
 * strings. */
static int take_over(void)
{
    size_t entries = count(environ), size = 0;

    for (size_t i = 0; i < entries; i++)
        size += strlen(environ[i]) + 1;
    char *copy = malloc(size + 1);
    if (!copy || size > block->size) {
        free(copy);
        return fail(ENOMEM);
    }
    char **old = environ;
    env_array.entries = environ;
    env_array.n = entries;
    room = 0;
    if (grow_array(entries) < 0) {
        env_array.entries = NULL;
        free(copy);
        return -1;
    }
    char *at = copy;
    for (size_t i = 0; i < entries; i++) {
        env_array.entries[i] = block->text + (at - copy);
        at = stpcpy(at, old[i]) + 1;
    }
    memcpy(block->text, copy, size);
    block->used = size;
    free(copy);
    return 0;
}

/* Finds or makes the block when it is first needed. */
static int get_block(void)
{
    if (block)
        return 0;
    block = kernel_block();
    if (block) {
        env_array.entries = environ;
        env_array.n = count(environ);
        return 0;
    }
    block = own_block();
    return block ? 0 : -1;
}

/* Called before every change: brings the block up to date if the program has assigned to
 * environ. */
static int prepare(void)
{
    if (get_block() < 0)
        return -1;
    return environ && environ == env_array.entries ? 0 : take_over();
}

/* Moves the text from `at` on by `change` bytes, and corrects the entries that point there. */
static void shift(char *at, long change)
{
    char *end = block->text + block->used;

    memmove(at + change, at, (size_t)(end - at));
    block->used += (size_t)change;
    for (size_t i = 0; i < env_array.n; i++)
        if (env_array.entries[i] >= at && env_array.entries[i] < end)
            env_array.entries[i] += change;
}

/* Appends a string to the block and returns its place, or NULL and ENOMEM. */
static char *append(const char *name, size_t length, const char *value)
{
    size_t value_size = strlen(value) + 1;
    char *at = block->text + block->used;

    if (length + 1 + value_size > block->size - block->used)
        return fail_null(ENOMEM);
    memcpy(at, name, length);
    at[length] = '=';
    memcpy(at + length + 1, value, value_size);
    block->used += length + 1 + value_size;
    return at;
}

/* Replaces the value of an entry in the block. */
static int replace(char *entry, size_t length, const char *value)
{
    char *old_value = entry + length + 1;
    size_t old_size = strlen(old_value) + 1, size = strlen(value) + 1;

    if (size != old_size) {
        if (size > old_size && size - old_size > block->size - block->used)
            return fail(ENOMEM);
        shift(old_value + old_size, (long)size - (long)old_size);
    }
    memcpy(old_value, value, size);
    return 0;
}

/* For a name or value that is in the block, where it would move while it is used. */
static int set_copied(const char *name, size_t length, const char *value)
{
    size_t value_size = strlen(value) + 1;
    char *copy = malloc(length + value_size);

    if (!copy)
        return -1;
    memcpy(copy, name, length);
    memcpy(copy + length, value, value_size);
    int result = env_set(copy, length, copy + length);
    free(copy);
    return result;
}

/* Removes a string from the block, if it is there. */
static void drop_text(char *entry)
{
    if (in_block(entry)) {
        size_t size = strlen(entry) + 1;

        shift(entry + size, -(long)size);
    }
}

static void drop(size_t i)
{
    char **at = env_array.entries + i;
    char *entry = *at;

    memmove(at, at + 1, (env_array.n - i) * sizeof(*at));
    env_array.n--;
    drop_text(entry);
}

int env_set(const char *name, size_t length, const char *value)
{
    if (get_block() < 0)
        return -1;
    if (in_block(value) || in_block(name))
        return set_copied(name, length, value);
    if (prepare() < 0)
        return -1;
    long i = env_find(name, length);
    if (i >= 0 && in_block(env_array.entries[i]))
        return replace(env_array.entries[i], length, value);
    if (i < 0 && grow_array(env_array.n + 1) < 0)
        return -1;
    char *entry = append(name, length, value);
    if (!entry)
        return -1;
    if (i >= 0) {
        env_array.entries[i] = entry;
    } else {
        env_array.entries[env_array.n++] = entry;
        env_array.entries[env_array.n] = NULL;
    }
    return 0;
}

int env_link(char *entry, size_t length)
{
    if (prepare() < 0)
        return -1;
    long i = env_find(entry, length);
    if (i < 0) {
        if (grow_array(env_array.n + 1) < 0)
            return -1;
        env_array.entries[env_array.n++] = entry;
        env_array.entries[env_array.n] = NULL;
        return 0;
    }
    char *old = env_array.entries[i];
    env_array.entries[i] = entry;
    drop_text(old);
    return 0;
}

int env_remove(const char *name, size_t length)
{
    if (env_find(name, length) < 0)
        return 0;
    if (prepare() < 0)
        return -1;
    for (long i; (i = env_find(name, length)) >= 0;)
        drop((size_t)i);
    return 0;
}

int env_clear(void)
{
    if (prepare() < 0)
        return -1;
    env_array.entries[0] = NULL;
    env_array.n = 0;
    block->used = 0;
    return 0;
}

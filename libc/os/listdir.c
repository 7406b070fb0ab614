/* os.listdir: reads all entries in the kernel's form, then packs the names into one block. */
/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <limits.h>
#include <string.h>
#include "os_internal.h"

#define STEP (32 << 10)

/* All entries of a directory, one after the other, in a block from malloc; *size is their size. */
static char *read_entries(int fd, size_t *size)
{
    char *entries = NULL;
    size_t room = 0;

    for (*size = 0;;) {
        if (room - *size < STEP) {
            char *grown = realloc(entries, room = room * 2 + STEP);

            if (!grown)
                break;
            entries = grown;
        }
        long got = RETRY(sys_getdents64(fd, entries + *size, room - *size));
        if (got == 0 || got == -ENOENT) /* a directory that was removed has no entries */
            return entries;
        if (syscall_ret(got) < 0)
            break;
        *size += (size_t)got;
    }
    free(entries);
    return NULL;
}

static bool is_dot(const char *name)
{
    return name[0] == '.' && (!name[1] || (name[1] == '.' && !name[2]));
}

static const struct linux_dirent64 *entry_at(const char *entries, size_t at)
{
    return (const struct linux_dirent64 *)(entries + at);
}

/* Makes the result: first the pointers, then the names. */
static char **pack(const char *entries, size_t size)
{
    size_t n = 0, text = 0, i = 0;

    for (size_t at = 0; at < size; at += entry_at(entries, at)->d_reclen) {
        n++;
        text += strlen(entry_at(entries, at)->d_name) + 1;
    }
    char **list = malloc((n + 1) * sizeof(*list) + text);
    if (!list)
        return NULL;
    char *to = (char *)(list + n + 1);
    for (size_t at = 0; at < size; at += entry_at(entries, at)->d_reclen) {
        const char *name = entry_at(entries, at)->d_name;

        if (is_dot(name))
            continue;
        list[i++] = to;
        to = stpcpy(to, name) + 1;
    }
    list[i] = NULL;
    return list;
}

char **os_listdir(const char *path)
{
    int fd = (int)syscall_ret(
        RETRY(sys_openat(AT_FDCWD, path ? path : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0)));
    char **list = NULL;
    size_t size;

    if (fd < 0)
        return NULL;
    char *entries = read_entries(fd, &size);
    if (entries)
        list = pack(entries, size);
    sys_close(fd);
    free(entries);
    return list;
}

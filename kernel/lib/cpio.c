/* Reads cpio archives of the "newc" format from a buffer and trusts no length in them. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "lib.h"

#define HEADER_BYTES 110 /* "070701" and 13 fields of 8 hexadecimal digits */

enum field {
    INO,
    MODE,
    UID,
    GID,
    N_LINKS,
    MTIME,
    FILE_SIZE,
    DEV_MAJOR,
    DEV_MINOR,
    RDEV_MAJOR,
    RDEV_MINOR,
    NAME_SIZE,
    CHECK,
    N_FIELDS
};

static bool read_header(const char *header, uint32_t fields[N_FIELDS])
{
    if (memcmp(header, "070701", 6) != 0 && memcmp(header, "070702", 6) != 0)
        return false;
    for (int i = 0; i < N_FIELDS; i++) {
        uint64_t value;
        if (!number_parse(header + 6 + 8 * i, 8, 16, &value))
            return false;
        fields[i] = (uint32_t)value;
    }
    return true;
}

/* Does the name end within its size, with nothing but zeros after it? They bring the contents to
 * where a page begins. */
static bool name_ends(const char *name, size_t size)
{
    size_t at = strnlen(name, size);
    uint64_t word = 0;
    if (at == size)
        return false;
    for (; word == 0 && size - at >= sizeof(word); at += sizeof(word))
        memcpy(&word, name + at, sizeof(word));
    while (word == 0 && at < size)
        word = (uint8_t)name[at++];
    return word == 0;
}

/* Reads the entry that starts at *at and moves *at past it; 1 or -EINVAL. */
static int read_entry(const char *archive, size_t size, size_t *at, struct cpio_entry *entry)
{
    uint32_t f[N_FIELDS];
    if (size - *at < HEADER_BYTES || !read_header(archive + *at, f))
        return -EINVAL;
    /* Each sum adds numbers below 2^32 to an offset within the buffer, so none overflows. */
    size_t name = *at + HEADER_BYTES, data = align_up(name + f[NAME_SIZE], 4);
    if (f[NAME_SIZE] == 0 || data > size || f[FILE_SIZE] > size - data)
        return -EINVAL;
    if (!name_ends(archive + name, f[NAME_SIZE]))
        return -EINVAL;
    *entry = (struct cpio_entry){
        .name = archive + name,
        .data = (const uint8_t *)archive + data,
        .size = f[FILE_SIZE],
        .mode = f[MODE],
        .uid = f[UID],
        .gid = f[GID],
        .n_links = f[N_LINKS],
        .mtime = f[MTIME],
        .ino = f[INO],
        .dev_major = f[DEV_MAJOR],
        .dev_minor = f[DEV_MINOR],
        .rdev_major = f[RDEV_MAJOR],
        .rdev_minor = f[RDEV_MINOR],
    };
    *at = min(align_up(data + f[FILE_SIZE], 4), size);
    return 1;
}

int cpio_next(const void *archive, size_t size, size_t *at, struct cpio_entry *entry)
{
    const char *bytes = archive;
    for (;;) {
        while (*at < size && bytes[*at] == 0)
            (*at)++;
        if (*at >= size)
            return 0;
        int result = read_entry(bytes, size, at, entry);
        if (result < 0 || strcmp(entry->name, "TRAILER!!!") != 0)
            return result;
    }
}

bool cpio_name_is_safe(const char *name)
{
    while (*name) {
        while (*name == '/')
            name++;
        const char *start = name;
        while (*name && *name != '/')
            name++;
        if (name - start == 2 && start[0] == '.' && start[1] == '.')
            return false;
    }
    return true;
}

/* The cpio reader: a good archive, concatenation, and thousands of damaged ones under ASan. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "abi/errno.h"
#include "lib.h"
#include "tap.h"

static char archive[4096];
static size_t used;

static void pad(void)
{
    while (used % 4)
        archive[used++] = '\0';
}

static void add(const char *name, unsigned mode, const char *data)
{
    int n = snprintf(archive + used, sizeof(archive) - used,
                     "070701%08X%08X%08X%08X%08X%08X%08zX%08X%08X%08X%08X%08zX%08X", 9, mode, 1, 2,
                     1, 77, strlen(data), 0, 0, 4, 64, strlen(name) + 1, 0);
    used += (size_t)n;
    memcpy(archive + used, name, strlen(name) + 1);
    used += strlen(name) + 1;
    pad();
    memcpy(archive + used, data, strlen(data));
    used += strlen(data);
    pad();
}

static volatile unsigned seen; /* so that the reading is not optimized away */

/* Reads a private copy of exactly size bytes, so that ASan sees a step past its end. */
static int read_all(const char *bytes, size_t size, int *entries)
{
    char *copy = malloc(size ? size : 1);
    memcpy(copy, bytes, size);
    struct cpio_entry e;
    size_t at = 0;
    int result;
    unsigned sum = 0;
    *entries = 0;
    while ((result = cpio_next(copy, size, &at, &e)) == 1) {
        ++*entries;
        for (uint64_t i = 0; i < e.size; i++)
            sum += e.data[i];
        sum += (unsigned)strlen(e.name);
    }
    free(copy);
    seen = sum;
    return result;
}

int main(void)
{
    add("etc/motd", 0100644, "hello\n");
    add("dev/tty", 020666, "");
    add("TRAILER!!!", 0, "");
    used += 512;
    add("second", 0100755, "abc");
    add("TRAILER!!!", 0, "");

    struct cpio_entry e;
    size_t at = 0;
    ok(cpio_next(archive, used, &at, &e) == 1 && strcmp(e.name, "etc/motd") == 0, "first name");
    ok(e.mode == 0100644 && e.uid == 1 && e.gid == 2 && e.mtime == 77 && e.ino == 9, "attributes");
    ok(e.size == 6 && memcmp(e.data, "hello\n", 6) == 0, "contents");
    ok(cpio_next(archive, used, &at, &e) == 1 && e.rdev_major == 4 && e.rdev_minor == 64, "device");
    ok(cpio_next(archive, used, &at, &e) == 1 && strcmp(e.name, "second") == 0, "next archive");
    ok(cpio_next(archive, used, &at, &e) == 0, "end");

    int entries;
    ok(read_all("", 0, &entries) == 0 && entries == 0, "empty archive");
    ok(read_all("nonsense", 8, &entries) == -EINVAL, "not an archive");
    bool sane = true;
    for (size_t cut = 0; cut < used; cut++)
        sane = sane && read_all(archive, cut, &entries) <= 0;
    ok(sane, "cut at every length");
    for (size_t i = 0; i < used; i++)
        for (const char *c = "0F/x"; *c; c++) {
            char old = archive[i];
            archive[i] = *c;
            sane = sane && read_all(archive, used, &entries) <= 0;
            archive[i] = old;
        }
    ok(sane, "every byte damaged");

    ok(cpio_name_is_safe("a/b") && cpio_name_is_safe("./a..b/...") && cpio_name_is_safe("/x"),
       "safe");
    ok(!cpio_name_is_safe("..") && !cpio_name_is_safe("a/../b") && !cpio_name_is_safe("/.."),
       "unsafe");
    return tap_done();
}

/* The ELF reader: this very program, and damaged headers under ASan. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include "abi/elf.h"
#include "abi/errno.h"
#include "lib.h"
#include "tap.h"

#define FILE_SIZE 0x5000

static struct {
    Elf64_Ehdr header;
    Elf64_Phdr parts[4];
} good = {
    .header = {.e_ident = {0x7f, 'E', 'L', 'F', 2, 1, 1},
               .e_type = ET_EXEC,
               .e_machine = EM_X86_64,
               .e_version = 1,
               .e_entry = 0x401000,
               .e_phoff = 64,
               .e_ehsize = 64,
               .e_phentsize = 56,
               .e_phnum = 4},
    .parts =
        {
            {PT_LOAD, PF_R, 0, 0x400000, 0x400000, 0x500, 0x500, 0x1000},
            {PT_LOAD, PF_R | PF_X, 0x1000, 0x401000, 0x401000, 0x2000, 0x2000, 0x1000},
            {PT_LOAD, PF_R | PF_W, 0x3ff0, 0x404ff0, 0x404ff0, 0x20, 0x4000, 0x1000},
            {PT_GNU_STACK, PF_R | PF_W, 0, 0, 0, 0, 0, 16},
        },
};

static int read_copy(const void *file, size_t length, struct elf_image *image)
{
    void *copy = malloc(length ? length : 1);
    memcpy(copy, file, length);
    int result = elf_read(copy, length, FILE_SIZE, image);
    free(copy);
    return result;
}

/* The reader's answer to the good file with one field changed. */
#define with(field, value)                \
    ({                                    \
        typeof(good) bad = good;          \
        struct elf_image i;               \
        bad.field = (value);              \
        read_copy(&bad, sizeof(bad), &i); \
    })

static void test_good(void)
{
    struct elf_image i;
    ok(read_copy(&good, sizeof(good), &i) == 0, "a good file");
    ok(i.entry == 0x401000 && !i.is_relocatable && i.n_segments == 3, "entry and segments");
    ok(i.low == 0x400000 && i.high == 0x409000, "span");
    ok(i.header_address == 0x400040 && i.n_headers == 4 && i.header_size == 56, "AT_PHDR");
    ok(i.segments[1].executable && !i.segments[1].writable && i.segments[2].writable, "rights");
    ok(i.interpreter_size == 0, "no interpreter");
}

static void test_self(void)
{
    static char self[1 << 20];
    FILE *file = fopen("/proc/self/exe", "r");
    size_t n = fread(self, 1, sizeof(self), file);
    struct elf_image i;
    fclose(file);
    ok(elf_read(self, n, (uint64_t)1 << 30, &i) == 0 && i.n_segments >= 2, "this program");
    ok(i.interpreter_size == 0 || self[i.interpreter_offset] == '/', "its interpreter");
}

static void test_refused(void)
{
    struct elf_image i;
    ok(with(header.e_ident[1], 'X') == -ENOEXEC, "magic");
    ok(with(header.e_ident[EI_CLASS], 1) == -ENOEXEC, "32 bits");
    ok(with(header.e_machine, 40) == -ENOEXEC, "another machine");
    ok(with(header.e_type, ET_REL) == -ENOEXEC, "an object file");
    ok(with(header.e_phnum, 0) == -ENOEXEC, "no program headers");
    ok(with(header.e_phnum, 5) == -ENOEXEC, "program headers past the end");
    ok(with(header.e_phoff, UINT64_MAX - 8) == -ENOEXEC, "program headers far away");
    ok(with(header.e_entry, 1ull << 63) == -ENOEXEC, "entry in the kernel");
    ok(with(parts[1].p_offset, UINT64_MAX & ~0xfffull) == -ENOEXEC, "offset past the end");
    ok(with(parts[1].p_filesz, 0x2001) == -ENOEXEC, "more in the file than in memory");
    ok(with(parts[1].p_memsz, UINT64_MAX) == -ENOEXEC, "memory size wraps");
    ok(with(parts[1].p_vaddr, 0xffffffff80001000ull) == -ENOEXEC, "a segment in the kernel");
    ok(with(parts[1].p_vaddr, 0x400000) == -ENOEXEC, "segments overlap");
    ok(with(parts[1].p_offset, 0x1010) == -ENOEXEC, "offset and address disagree");
    ok(read_copy(&good, 63, &i) == -ENOEXEC && read_copy(&good, 0, &i) == -ENOEXEC, "short file");
    bool sane = true;
    for (size_t at = 0; at < sizeof(good); at++)
        for (int bit = 0; bit < 8; bit++) {
            typeof(good) bad = good;
            ((unsigned char *)&bad)[at] ^= (unsigned char)(1 << bit);
            int result = read_copy(&bad, sizeof(bad), &i);
            sane = sane && (result == 0 || result == -ENOEXEC);
        }
    ok(sane, "every bit flipped");
}

int main(void)
{
    test_good();
    test_self();
    test_refused();
    return tap_done();
}

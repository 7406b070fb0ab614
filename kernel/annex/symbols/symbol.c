/* Finds the function of a program that holds an address, in the symbols of its file, for the line
 * in the log about a fault that ends the program. The file may hold anything, so nothing that is
 * read from it is trusted. */
/* SPDX-License-Identifier: MIT */
#include "symbol.h"

#include "abi/elf.h"
#include "annex/look/look.h"
#include "proc/private.h"

enum { MOST_SECTIONS = 64, MOST_SYMBOLS = 200000, NAME_BYTES = 48 };

static bool read_all(struct file *file, uint64_t at, void *to, size_t n)
{
    return at <= INT64_MAX && file_read_kernel(file, at, to, n) == (long)n;
}

/* Converts the address of a byte that is mapped from the program's file to the address for which it
 * was linked. False if something else is mapped there. Takes the space's lock. */
static bool linked_address(struct space *space, struct file *exe, const Elf64_Ehdr *header,
                           uint64_t address, uint64_t *linked)
{
    struct vma vma;
    Elf64_Phdr part;
    if (!space_vma_at(space, address, &vma) || !vma.backing)
        return false;
    vma.backing->ops->unref(vma.backing);
    if (vma.backing != exe->ops->backing(exe))
        return false;
    uint64_t offset = vma.offset + (address - vma.start);
    for (unsigned i = 0; i < min((unsigned)header->e_phnum, 2u * ELF_MAX_SEGMENTS); i++) {
        if (!read_all(exe, header->e_phoff + i * sizeof(part), &part, sizeof(part)))
            return false;
        if (part.p_type == PT_LOAD && offset - part.p_offset < part.p_filesz) {
            *linked = part.p_vaddr + (offset - part.p_offset);
            return true;
        }
    }
    return false;
}

/* Finds the section with the symbols and, in *names, the one with their names. */
static bool find_symbols(struct file *exe, const Elf64_Ehdr *header, Elf64_Shdr *symbols,
                         Elf64_Shdr *names)
{
    for (unsigned i = 0; i < min((unsigned)header->e_shnum, (unsigned)MOST_SECTIONS); i++) {
        if (!read_all(exe, header->e_shoff + i * sizeof(*symbols), symbols, sizeof(*symbols)))
            return false;
        if (symbols->sh_type == SHT_SYMTAB)
            return read_all(exe, header->e_shoff + symbols->sh_link * sizeof(*names), names,
                            sizeof(*names));
    }
    return false;
}

/* Finds the last function that begins at or below the address, and holds it if its size is known;
 * false if there is none. Reads through `page`; may sleep. */
static bool nearest_function(struct file *exe, const Elf64_Shdr *symbols, uint64_t address,
                             void *page, Elf64_Sym *best)
{
    enum { AT_ONCE = PAGE_SIZE / sizeof(Elf64_Sym) };
    const Elf64_Sym *some = page;
    uint64_t left = min(symbols->sh_size / sizeof(*some), (uint64_t)MOST_SYMBOLS);
    *best = (Elf64_Sym){.st_value = 0}; /* no function begins at 0 */
    for (uint64_t at = symbols->sh_offset; left > 0 && at <= INT64_MAX;) {
        size_t wanted = min(left, (uint64_t)AT_ONCE) * sizeof(*some);
        long n = file_read_kernel(exe, at, page, wanted) / (long)sizeof(*some);
        if (n <= 0)
            break;
        for (long i = 0; i < n; i++) {
            const Elf64_Sym *symbol = &some[i];
            if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || symbol->st_value > address ||
                symbol->st_value <= best->st_value)
                continue;
            *best = *symbol;
        }
        left -= n;
        at += n * sizeof(*some);
    }
    return best->st_value && (best->st_size == 0 || address - best->st_value < best->st_size);
}

/* Reads the name; characters that cannot be shown become "?". */
static bool read_name(struct file *exe, const Elf64_Shdr *names, const Elf64_Sym *symbol,
                      char name[NAME_BYTES])
{
    uint64_t at = names->sh_offset + symbol->st_name;
    long n = at <= INT64_MAX ? file_read_kernel(exe, at, name, NAME_BYTES - 1) : 0;
    if (n <= 0)
        return false;
    name[n] = '\0';
    for (char *c = name; *c; c++)
        if (*c <= ' ' || *c > '~')
            *c = '?';
    return name[0] != '\0';
}

static size_t describe(struct space *space, struct file *exe, uint64_t address, void *page,
                       char *text, size_t size)
{
    Elf64_Ehdr header;
    Elf64_Shdr symbols, names;
    Elf64_Sym function;
    char name[NAME_BYTES];
    uint64_t linked;
    if (!read_all(exe, 0, &header, sizeof(header)) ||
        !linked_address(space, exe, &header, address, &linked) ||
        !find_symbols(exe, &header, &symbols, &names) ||
        !nearest_function(exe, &symbols, linked, page, &function) ||
        !read_name(exe, &names, &function, name))
        return 0;
    return format(text, size, " (%s+0x%lx)", name, linked - function.st_value);
}

void program_symbol(uint64_t address, char *text, size_t size)
{
    struct process *process = current_process();
    void *page = buffer_alloc();
    text[0] = '\0';
    mutex_lock(&process->exec_lock);
    struct file *exe = page ? process->exe : NULL;
    if (exe)
        file_ref(exe);
    mutex_unlock(&process->exec_lock);
    if (exe) {
        describe(process->space, exe, address, page, text, size);
        file_unref(exe);
    }
    buffer_free(page);
}

/* Checks the headers of an ELF64 executable and lists what a loader must map; trusts nothing in it.
 *
 * The file may come from an attacker, so every number is checked against the size of the file and
 * the end of user addresses before it is used, and comparisons subtract rather than add, because a
 * sum may overflow. Segments must ascend and share no page: then the loader can map one after the
 * other and never replaces a mapping that it has made. */
/* SPDX-License-Identifier: MIT */
#include "abi/elf.h"
#include "abi/errno.h"
#include "lib.h"

#define ADDRESS_LIMIT (1ull << 47)
#define PAGE          4096u

static bool header_is_valid(const Elf64_Ehdr *header, size_t length)
{
    const unsigned char *ident = header->e_ident;
    if (memcmp(ident, ELFMAG, SELFMAG) != 0 || ident[EI_CLASS] != ELFCLASS64 ||
        ident[EI_DATA] != ELFDATA2LSB || ident[EI_VERSION] != EV_CURRENT)
        return false;
    if (header->e_type != ET_EXEC && header->e_type != ET_DYN)
        return false;
    if (header->e_machine != EM_X86_64 || header->e_entry >= ADDRESS_LIMIT)
        return false;
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0)
        return false;
    return header->e_phoff <= length &&
           header->e_phnum <= (length - header->e_phoff) / sizeof(Elf64_Phdr);
}

/* True if the file contains all bytes of the part and user space can contain its memory. */
static bool part_is_valid(const Elf64_Phdr *part, uint64_t file_size)
{
    return part->p_filesz <= part->p_memsz && part->p_offset <= file_size &&
           part->p_filesz <= file_size - part->p_offset && part->p_vaddr < ADDRESS_LIMIT &&
           part->p_memsz <= ADDRESS_LIMIT - part->p_vaddr;
}

/* Adds a PT_LOAD part. Its address and its file offset must be equal modulo the page size, because
 * the loader maps pages of the file. */
static bool add_segment(struct elf_image *image, const Elf64_Phdr *part, uint64_t file_size)
{
    if (part->p_memsz == 0)
        return part->p_filesz == 0;
    uint64_t first = align_down(part->p_vaddr, PAGE);
    if (!part_is_valid(part, file_size) || image->n_segments == ELF_MAX_SEGMENTS ||
        (part->p_vaddr - part->p_offset) % PAGE != 0 ||
        (image->n_segments > 0 && first < image->high))
        return false;
    if (image->n_segments == 0)
        image->low = first;
    image->high = align_up(part->p_vaddr + part->p_memsz, PAGE);
    image->segments[image->n_segments++] = (struct elf_segment){
        .address = part->p_vaddr,
        .memory_size = part->p_memsz,
        .offset = part->p_offset,
        .file_size = part->p_filesz,
        .readable = part->p_flags & PF_R,
        .writable = part->p_flags & PF_W,
        .executable = part->p_flags & PF_X,
    };
    return true;
}

static bool add_part(struct elf_image *image, const Elf64_Phdr *part, uint64_t file_size)
{
    switch (part->p_type) {
    case PT_LOAD: return add_segment(image, part, file_size);
    case PT_INTERP:
        if (image->interpreter_size) /* the first one counts */
            return true;
        image->interpreter_offset = part->p_offset;
        image->interpreter_size = part->p_filesz;
        return part->p_filesz > 1;
    default: return true;
    }
}

/* The address that the program headers get in memory: they are in the segment that contains their
 * file offset. 0 if no segment does. */
static uint64_t find_headers(const struct elf_image *image, uint64_t offset)
{
    for (unsigned i = 0; i < image->n_segments; i++) {
        const struct elf_segment *s = &image->segments[i];
        if (offset >= s->offset && offset - s->offset < s->file_size)
            return s->address + (offset - s->offset);
    }
    return 0;
}

int elf_read(const void *file, size_t length, uint64_t file_size, struct elf_image *image)
{
    Elf64_Ehdr header;
    if (length < sizeof(header))
        return -ENOEXEC;
    memcpy(&header, file, sizeof(header));
    if (!header_is_valid(&header, length))
        return -ENOEXEC;
    memset(image, 0, sizeof(*image));
    image->entry = header.e_entry;
    image->is_relocatable = header.e_type == ET_DYN;
    image->n_headers = header.e_phnum;
    image->header_size = header.e_phentsize;
    for (unsigned i = 0; i < header.e_phnum; i++) {
        Elf64_Phdr part;
        memcpy(&part, (const char *)file + header.e_phoff + i * sizeof(part), sizeof(part));
        if (!add_part(image, &part, file_size))
            return -ENOEXEC;
    }
    image->header_address = find_headers(image, header.e_phoff);
    return image->n_segments > 0 ? 0 : -ENOEXEC;
}

/* Checked copies from and to user memory, the fixup after a fault of one, and SMAP at boot; copy.S
 * explains them. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "local.h"

/* copy.S */
size_t copy_user(void *to, const void *from, size_t n);
size_t clear_user(void *to, size_t n);
long copy_user_string(char *to, const char *from, size_t size);

struct fixup {
    uint64_t fault, fixup; /* the addresses of an instruction and of its fixup */
};
extern const struct fixup exception_table[], exception_table_end[];

struct smap_patch {
    uint64_t at;
    uint32_t opcode, reserved;
};
extern const struct smap_patch smap_patches[], smap_patches_end[];

size_t user_copy_in_some(void *to, uaddr_t from, size_t n)
{
    return uaddr_range_ok(from, n) ? n - copy_user(to, (const void *)from.at, n) : 0;
}

size_t user_copy_out_some(uaddr_t to, const void *from, size_t n)
{
    return uaddr_range_ok(to, n) ? n - copy_user((void *)to.at, from, n) : 0;
}

size_t user_clear_some(uaddr_t to, size_t n)
{
    return uaddr_range_ok(to, n) ? n - clear_user((void *)to.at, n) : 0;
}

int user_copy_in(void *to, uaddr_t from, size_t n)
{
    bool reached = uaddr_range_ok(from, n) && copy_user(to, (const void *)from.at, n) == 0;
    return reached ? 0 : -EFAULT;
}

int user_copy_out(uaddr_t to, const void *from, size_t n)
{
    bool reached = uaddr_range_ok(to, n) && copy_user((void *)to.at, from, n) == 0;
    return reached ? 0 : -EFAULT;
}

long user_copy_string(char *to, uaddr_t from, size_t size)
{
    if (from.at >= USER_END)
        return -EFAULT;
    bool near_end = size > USER_END - from.at;
    long length = copy_user_string(to, (const char *)from.at, near_end ? USER_END - from.at : size);
    if (length >= 0)
        return length;
    return length == -2 && !near_end ? -ENAMETOOLONG : -EFAULT;
}

bool user_copy_fixup(struct trap_frame *frame)
{
    for (const struct fixup *f = exception_table; f < exception_table_end; f++) {
        if (f->fault == frame->rip) {
            frame->rip = f->fixup;
            return true;
        }
    }
    return false;
}

/* Writes STAC and CLAC over their placeholders, through the direct map, because code is
 * read-only. */
void copy_patch_smap(void)
{
    if (!cpu_features.smap)
        return;
    for (const struct smap_patch *p = smap_patches; p < smap_patches_end; p++)
        memcpy(phys_to_virt(virt_to_phys((void *)p->at)), &p->opcode, 3);
}

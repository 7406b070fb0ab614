/* Makes a drawn call: fills its slots, puts in what is only known now, and enters the kernel. */
/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <unistd.h>

#include "calls.h"
#include "fuzz.h"

static long last_child; /* of this process */

void handle_signal(int signal)
{
    (void)signal;
}

__asm__(".globl restore_signal\nrestore_signal: mov $15, %eax\n syscall\n");
void restore_signal(void);

static uint64_t resolved(uint64_t value, int peer)
{
    switch (value) {
    case PID_SELF: return getpid();
    case PID_PEER: return peer;
    case PID_CHILD: return last_child;
    case AT_HANDLER: return (uint64_t)handle_signal;
    case AT_RESTORER: return (uint64_t)restore_signal;
    default: return value;
    }
}

/* The bare instruction. A child that shares this memory or stands on another stack ends at once. */
static long enter(long number, const uint64_t *a, bool child_ends)
{
    register uint64_t r10 __asm__("r10") = a[3], r8 __asm__("r8") = a[4], r9 __asm__("r9") = a[5];
    register uint64_t ends __asm__("rbx") = child_ends;
    long result = number;
    __asm__ volatile("syscall\n test %%rax, %%rax\n jnz 1f\n test %%rbx, %%rbx\n jz 1f\n"
                     "xor %%edi, %%edi\n mov $60, %%eax\n syscall\n 1:"
                     : "+a"(result)
                     : "D"(a[0]), "S"(a[1]), "d"(a[2]), "r"(r10), "r"(r8), "r"(r9), "r"(ends)
                     : "rcx", "r11", "memory", "cc");
    return result;
}

static bool makes_child(const char *name)
{
    return strcmp(name, "fork") == 0 || strcmp(name, "vfork") == 0 ||
           strncmp(name, "clone", 5) == 0;
}

/* The arena may have been unmapped by an earlier call: then this ends the stream, not the run. */
long perform(const struct call *call, int peer)
{
    const struct call_row *row = &call_rows[call->row];
    uint64_t args[6];
    for (int i = 0; i < 6; i++) {
        args[i] = resolved(call->args[i], peer);
        uint64_t *slot = (uint64_t *)(ARENA + i * SLOT_BYTES);
        for (int j = 0; j < call->n_words[i]; j++)
            slot[j] = resolved(call->words[i][j], peer);
    }
    bool child = makes_child(row->name);
    long result = enter(row->number, args, child && strcmp(row->name, "fork") != 0);
    if (child && result > 0)
        last_child = result;
    return result;
}

/* ptrace: requests, options, events, and the registers as a tracer sees them. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define PTRACE_TRACEME          0
#define PTRACE_PEEKTEXT         1
#define PTRACE_PEEKDATA         2
#define PTRACE_PEEKUSER         3
#define PTRACE_POKETEXT         4
#define PTRACE_POKEDATA         5
#define PTRACE_POKEUSER         6
#define PTRACE_CONT             7
#define PTRACE_KILL             8
#define PTRACE_SINGLESTEP       9
#define PTRACE_GETREGS          12
#define PTRACE_SETREGS          13
#define PTRACE_GETFPREGS        14
#define PTRACE_SETFPREGS        15
#define PTRACE_ATTACH           16
#define PTRACE_DETACH           17
#define PTRACE_OLDSETOPTIONS    21
#define PTRACE_SYSCALL          24
#define PTRACE_ARCH_PRCTL       30
#define PTRACE_SETOPTIONS       0x4200
#define PTRACE_GETEVENTMSG      0x4201
#define PTRACE_GETSIGINFO       0x4202
#define PTRACE_SETSIGINFO       0x4203
#define PTRACE_GETREGSET        0x4204
#define PTRACE_SETREGSET        0x4205
#define PTRACE_SEIZE            0x4206
#define PTRACE_INTERRUPT        0x4207
#define PTRACE_LISTEN           0x4208
#define PTRACE_GETSIGMASK       0x420a
#define PTRACE_SETSIGMASK       0x420b
#define PTRACE_GET_SYSCALL_INFO 0x420e

#define PTRACE_EVENT_FORK       1
#define PTRACE_EVENT_VFORK      2
#define PTRACE_EVENT_CLONE      3
#define PTRACE_EVENT_EXEC       4
#define PTRACE_EVENT_VFORK_DONE 5
#define PTRACE_EVENT_EXIT       6
#define PTRACE_EVENT_SECCOMP    7
#define PTRACE_EVENT_STOP       128

/* An event's option is the bit of its number. */
#define PTRACE_O_TRACESYSGOOD   1
#define PTRACE_O_TRACEFORK      (1 << PTRACE_EVENT_FORK)
#define PTRACE_O_TRACEVFORK     (1 << PTRACE_EVENT_VFORK)
#define PTRACE_O_TRACECLONE     (1 << PTRACE_EVENT_CLONE)
#define PTRACE_O_TRACEEXEC      (1 << PTRACE_EVENT_EXEC)
#define PTRACE_O_TRACEVFORKDONE (1 << PTRACE_EVENT_VFORK_DONE)
#define PTRACE_O_TRACEEXIT      (1 << PTRACE_EVENT_EXIT)
#define PTRACE_O_TRACESECCOMP   (1 << PTRACE_EVENT_SECCOMP)
#define PTRACE_O_EXITKILL       (1 << 20)

#define PTRACE_EVENTMSG_SYSCALL_ENTRY 1
#define PTRACE_EVENTMSG_SYSCALL_EXIT  2

#define PTRACE_SYSCALL_INFO_NONE  0
#define PTRACE_SYSCALL_INFO_ENTRY 1
#define PTRACE_SYSCALL_INFO_EXIT  2
#define AUDIT_ARCH_X86_64         0xc000003e

struct ptrace_syscall_info {
    uint8_t op;
    uint8_t pad[3];
    uint32_t arch;
    uint64_t instruction_pointer;
    uint64_t stack_pointer;
    union {
        struct {
            uint64_t nr;
            uint64_t args[6];
        } entry;
        struct {
            int64_t rval;
            uint8_t is_error;
        } exit;
    };
};

_Static_assert(sizeof(struct ptrace_syscall_info) == 80, "struct ptrace_syscall_info");

/* Sets of registers, by the types of a core file's notes. */
#define NT_PRSTATUS   1
#define NT_PRFPREG    2
#define NT_X86_XSTATE 0x202

struct user_regs_struct {
    unsigned long r15, r14, r13, r12, rbp, rbx, r11, r10, r9, r8, rax, rcx, rdx, rsi, rdi;
    unsigned long orig_rax, rip, cs, eflags, rsp, ss, fs_base, gs_base, ds, es, fs, gs;
};

_Static_assert(sizeof(struct user_regs_struct) == 216, "struct user_regs_struct");

/* The area that PEEKUSER reads: first the registers, later those of the debugger. */
#define USER_AREA_BYTES    928
#define USER_DEBUGREG_FROM 848
#define USER_DEBUGREG_END  912

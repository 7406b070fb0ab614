/* What the notes of a core file hold: the registers, the process and its user. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <stdint.h>

#include <abi/timespec.h>

#define NT_PRSTATUS 1
#define NT_PRFPREG  2
#define NT_PRPSINFO 3
#define NT_AUXV     6
#define NT_SIGINFO  0x53494749

#define CORE_REGISTERS 27
#define CORE_ARGS_SIZE 80

struct core_status { /* struct elf_prstatus */
    int pr_signo, pr_code, pr_errno;
    short pr_cursig;
    uint64_t pr_sigpend, pr_sighold;
    int pr_pid, pr_ppid, pr_pgrp, pr_sid;
    struct timeval pr_utime, pr_stime, pr_cutime, pr_cstime;
    /* r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss
     * fs_base gs_base ds es fs gs */
    uint64_t pr_reg[CORE_REGISTERS];
    int pr_fpvalid;
};

struct core_info { /* struct elf_prpsinfo */
    char pr_state, pr_sname, pr_zomb, pr_nice;
    uint64_t pr_flag;
    unsigned pr_uid, pr_gid;
    int pr_pid, pr_ppid, pr_pgrp, pr_sid;
    char pr_fname[16];
    char pr_psargs[CORE_ARGS_SIZE];
};

struct core_note { /* Elf64_Nhdr, and the name that each of these notes has */
    uint32_t n_namesz, n_descsz, n_type;
    char name[8];
};

_Static_assert(sizeof(struct core_status) == 336, "elf_prstatus");
_Static_assert(sizeof(struct core_info) == 136, "elf_prpsinfo");
_Static_assert(sizeof(struct core_note) == 20, "a note and its name");

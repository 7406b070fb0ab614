/* Signals: numbers, actions, what a handler is told, and the frame that lies on its stack. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/types.h>

#define SIGHUP          1
#define SIGINT          2
#define SIGQUIT         3
#define SIGILL          4
#define SIGTRAP         5
#define SIGABRT         6
#define SIGIOT          SIGABRT
#define SIGBUS          7
#define SIGFPE          8
#define SIGKILL         9
#define SIGUSR1         10
#define SIGSEGV         11
#define SIGUSR2         12
#define SIGPIPE         13
#define SIGALRM         14
#define SIGTERM         15
#define SIGSTKFLT       16
#define SIGCHLD         17
#define SIGCONT         18
#define SIGSTOP         19
#define SIGTSTP         20
#define SIGTTIN         21
#define SIGTTOU         22
#define SIGURG          23
#define SIGXCPU         24
#define SIGXFSZ         25
#define SIGVTALRM       26
#define SIGPROF         27
#define SIGWINCH        28
#define SIGIO           29
#define SIGPOLL         SIGIO
#define SIGPWR          30
#define SIGSYS          31
#define KERNEL_SIGRTMIN 32 /* a libc keeps the first few for itself: its SIGRTMIN is higher */
#define KERNEL_NSIG     64 /* signals are 1 to 64 */

typedef unsigned long kernel_sigset_t; /* bit n-1 is signal n */

#define SIG_BLOCK   0
#define SIG_UNBLOCK 1
#define SIG_SETMASK 2

#define SA_NOCLDSTOP 0x00000001
#define SA_NOCLDWAIT 0x00000002
#define SA_SIGINFO   0x00000004
#define SA_RESTORER  0x04000000
#define SA_ONSTACK   0x08000000
#define SA_RESTART   0x10000000
#define SA_NODEFER   0x40000000
#define SA_RESETHAND 0x80000000

/* The handlers that are not addresses of code; libc casts them to SIG_DFL, SIG_IGN and SIG_ERR. */
#define KERNEL_SIG_DFL 0UL
#define KERNEL_SIG_IGN 1UL

/* What rt_sigaction takes and gives; libc's struct sigaction is laid out otherwise. */
struct kernel_sigaction {
    uint64_t handler;
    uint64_t flags;
    uint64_t restorer;
    kernel_sigset_t mask;
};

_Static_assert(sizeof(struct kernel_sigaction) == 32, "struct kernel_sigaction");

union sigval {
    int sival_int;
    void *sival_ptr;
};

typedef struct siginfo {
    int si_signo;
    int si_errno;
    int si_code;
    int __pad;
    union {
        int __all[28];
        struct {
            pid_t pid;
            uid_t uid;
            union sigval value;
        } __from; /* kill, tgkill, sigqueue */
        struct {
            int timerid;
            int overrun;
            union sigval value;
        } __timer;
        struct {
            pid_t pid;
            uid_t uid;
            int status;
            clock_t utime;
            clock_t stime;
        } __child; /* SIGCHLD and waitid */
        struct {
            void *addr;
            short addr_lsb;
        } __fault; /* SIGILL, SIGFPE, SIGSEGV, SIGBUS, SIGTRAP */
        struct {
            long band;
            int fd;
        } __poll;
    } __of;
} siginfo_t;

#define si_pid      __of.__from.pid
#define si_uid      __of.__from.uid
#define si_value    __of.__from.value
#define si_int      __of.__from.value.sival_int
#define si_ptr      __of.__from.value.sival_ptr
#define si_timerid  __of.__timer.timerid
#define si_overrun  __of.__timer.overrun
#define si_status   __of.__child.status
#define si_utime    __of.__child.utime
#define si_stime    __of.__child.stime
#define si_addr     __of.__fault.addr
#define si_addr_lsb __of.__fault.addr_lsb
#define si_band     __of.__poll.band
#define si_fd       __of.__poll.fd

_Static_assert(sizeof(siginfo_t) == 128, "siginfo_t");
_Static_assert(offsetof(siginfo_t, si_pid) == 16, "siginfo_t");
_Static_assert(offsetof(siginfo_t, si_utime) == 32, "siginfo_t");

#define SI_USER    0
#define SI_KERNEL  0x80
#define SI_QUEUE   -1
#define SI_TIMER   -2
#define SI_MESGQ   -3
#define SI_ASYNCIO -4
#define SI_SIGIO   -5
#define SI_TKILL   -6

#define POLL_IN  1
#define POLL_OUT 2
#define POLL_MSG 3
#define POLL_ERR 4
#define POLL_PRI 5
#define POLL_HUP 6

#define ILL_ILLOPC    1
#define ILL_ILLOPN    2
#define ILL_ILLADR    3
#define ILL_ILLTRP    4
#define ILL_PRVOPC    5
#define ILL_PRVREG    6
#define ILL_COPROC    7
#define ILL_BADSTK    8
#define FPE_INTDIV    1
#define FPE_INTOVF    2
#define FPE_FLTDIV    3
#define FPE_FLTOVF    4
#define FPE_FLTUND    5
#define FPE_FLTRES    6
#define FPE_FLTINV    7
#define FPE_FLTSUB    8
#define SEGV_MAPERR   1
#define SEGV_ACCERR   2
#define BUS_ADRALN    1
#define BUS_ADRERR    2
#define BUS_OBJERR    3
#define TRAP_BRKPT    1
#define TRAP_TRACE    2
#define CLD_EXITED    1
#define CLD_KILLED    2
#define CLD_DUMPED    3
#define CLD_TRAPPED   4
#define CLD_STOPPED   5
#define CLD_CONTINUED 6

#define SS_ONSTACK    1
#define SS_DISABLE    2
#define SS_AUTODISARM (1U << 31)
#define MINSIGSTKSZ   2048
#define SIGSTKSZ      8192

typedef struct sigaltstack {
    void *ss_sp;
    int ss_flags;
    size_t ss_size;
} stack_t;

_Static_assert(sizeof(stack_t) == 24, "stack_t");

/* The area that FXSAVE writes, as a handler finds it where uc_mcontext.fpregs points. */
struct fpstate {
    uint16_t cwd;
    uint16_t swd;
    uint16_t twd;
    uint16_t fop;
    uint64_t rip;
    uint64_t rdp;
    uint32_t mxcsr;
    uint32_t mxcsr_mask;
    uint32_t st[8][4];
    uint32_t xmm[16][4];
    uint32_t __reserved[12];
    struct fpx_sw_bytes {
        uint32_t magic1;        /* FP_XSTATE_MAGIC1 where what XSAVE wrote follows */
        uint32_t extended_size; /* bytes of all, with FP_XSTATE_MAGIC2 at the end */
        uint64_t xfeatures;     /* the components that are in it, as bits */
        uint32_t xstate_size;   /* bytes without the magic number */
        uint32_t padding[7];
    } sw_reserved;
};

_Static_assert(sizeof(struct fpstate) == 512, "struct fpstate");

#define FP_XSTATE_MAGIC1      0x46505853
#define FP_XSTATE_MAGIC2      0x46505845
#define FP_XSTATE_MAGIC2_SIZE 4

/* The registers at the moment of the signal; gregs is the same memory under its libc name. */
typedef struct mcontext {
    union {
        long long gregs[23];
        struct {
            uint64_t r8, r9, r10, r11, r12, r13, r14, r15;
            uint64_t rdi, rsi, rbp, rbx, rdx, rax, rcx, rsp, rip, eflags;
            uint16_t cs, gs, fs, ss;
            uint64_t err, trapno, oldmask, cr2;
        } regs;
    };
    struct fpstate *fpregs;
    uint64_t __reserved[8];
} mcontext_t;

_Static_assert(sizeof(mcontext_t) == 256, "mcontext_t");
_Static_assert(offsetof(mcontext_t, regs.cr2) == 22 * 8, "mcontext_t");

typedef struct ucontext {
    unsigned long uc_flags;
    struct ucontext *uc_link;
    stack_t uc_stack;
    mcontext_t uc_mcontext;
    kernel_sigset_t uc_sigmask; /* the last field that the kernel writes and rt_sigreturn reads */
} kernel_ucontext_t;

_Static_assert(sizeof(kernel_ucontext_t) == 304, "ucontext");
_Static_assert(offsetof(kernel_ucontext_t, uc_sigmask) == 296, "ucontext");

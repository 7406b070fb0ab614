/* rt_sigaction, rt_sigprocmask, rt_sigpending, rt_sigsuspend, pause, sigaltstack: actions, masks,
 * flags, order, what handlers are told; and each errno.
 * needs: procfs posix */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <ucontext.h>

static volatile sig_atomic_t count, order[70];
static siginfo_t last;
static sigset_t mask_inside;
static void *volatile stack_inside;

static void note(int number)
{
    int here;
    stack_inside = &here;
    order[count++] = number;
    sigprocmask(SIG_BLOCK, NULL, &mask_inside);
}

static void note_info(int number, siginfo_t *info, void *context)
{
    last = *info;
    ucontext_t *uc = context;
    if (sigismember(&uc->uc_sigmask, SIGUSR2))
        order[60] = 1; /* the mask that will be again */
    note(number);
}

static void block(int number)
{
    sigset_t set = set_of(number);
    sigprocmask(SIG_BLOCK, &set, NULL);
}

static void unblock(int number)
{
    sigset_t set = set_of(number);
    sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static void check_actions(void)
{
    struct sigaction old;
    on(SIGUSR1, note, 0);
    CHECK_OK(raise(SIGUSR1));
    CHECK_EQ(count, 1);
    CHECK(sigismember(&mask_inside, SIGUSR1));
    CHECK_OK(sigprocmask(SIG_BLOCK, NULL, &mask_inside));
    CHECK(!sigismember(&mask_inside, SIGUSR1));
    on(SIGUSR1, note, SA_NODEFER | SA_RESETHAND);
    CHECK_OK(raise(SIGUSR1));
    CHECK(!sigismember(&mask_inside, SIGUSR1));
    CHECK_OK(sigaction(SIGUSR1, NULL, &old));
    CHECK(old.sa_handler == SIG_DFL);
    struct sigaction action = {.sa_handler = note};
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaddset(&action.sa_mask, SIGKILL);
    CHECK_OK(sigaction(SIGUSR1, &action, NULL));
    CHECK_OK(raise(SIGUSR1));
    CHECK(sigismember(&mask_inside, SIGUSR2));
    CHECK(!sigismember(&mask_inside, SIGKILL));
    CHECK_OK(sigaction(SIGUSR1, NULL, &old));
    CHECK(old.sa_handler == note);
    CHECK(sigismember(&old.sa_mask, SIGUSR2));
    signal(SIGUSR1, SIG_IGN);
    CHECK_OK(raise(SIGUSR1));
    CHECK_ERR(sigaction(SIGKILL, &action, NULL), EINVAL);
    CHECK_ERR(sigaction(SIGSTOP, &action, NULL), EINVAL);
    CHECK_OK(syscall(SYS_rt_sigaction, SIGKILL, NULL, &old, 8));
    CHECK_ERR(syscall(SYS_rt_sigaction, 0, NULL, NULL, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, 65, NULL, NULL, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, NULL, 16), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigaction, SIGUSR1, BAD_KERNEL, NULL, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigaction, SIGUSR1, NULL, BAD_LOW, 8), EFAULT);
}

static void check_masks(void)
{
    sigset_t set, old;
    count = 0;
    on(SIGUSR1, note, 0);
    block(SIGUSR1);
    raise(SIGUSR1);
    raise(SIGUSR1);
    CHECK_EQ(count, 0);
    CHECK_OK(sigpending(&set));
    CHECK(sigismember(&set, SIGUSR1));
    unblock(SIGUSR1);
    CHECK_EQ(count, 1); /* pending once */
    CHECK_OK(sigpending(&set));
    CHECK(!sigismember(&set, SIGUSR1));
    sigfillset(&set);
    CHECK_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
    CHECK_OK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, &old, 8));
    CHECK(!sigismember(&old, SIGKILL));
    CHECK(!sigismember(&old, SIGSTOP));
    CHECK(sigismember(&old, SIGTERM));
    raise(SIGUSR1);
    signal(SIGUSR1, SIG_IGN); /* ignoring drops what was pending */
    CHECK_OK(sigpending(&old));
    CHECK(!sigismember(&old, SIGUSR1));
    set = set_of(0);
    CHECK_OK(syscall(SYS_rt_sigprocmask, SIG_SETMASK, &set, NULL, 8));
    CHECK_ERR(syscall(SYS_rt_sigprocmask, 9, &set, NULL, 8), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, &set, NULL, 4), EINVAL);
    CHECK_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, BAD_HOLE, NULL, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, BAD_HOLE, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigpending, BAD_KERNEL, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigpending, &set, 16), EINVAL);
}

/* Lower numbers first; real-time signals each as often as sent, plain ones once. */
static void check_order(void)
{
    sigset_t set, none = set_of(0);
    int real_time = 34;
    count = 0;
    sigfillset(&set);
    sigdelset(&set, SIGALRM);
    struct sigaction action = {.sa_sigaction = note_info, .sa_flags = SA_SIGINFO, .sa_mask = set};
    sigaction(SIGUSR1, &action, NULL);
    sigaction(SIGUSR2, &action, NULL);
    sigaction(real_time, &action, NULL);
    sigaction(real_time + 1, &action, NULL);
    sigprocmask(SIG_SETMASK, &set, NULL);
    raise(real_time + 1);
    raise(real_time);
    raise(SIGUSR2);
    raise(real_time);
    raise(SIGUSR1);
    raise(SIGUSR2);
    raise(real_time);
    CHECK_EQ(count, 0);
    sigprocmask(SIG_SETMASK, &none, NULL);
    CHECK_EQ(count, 6);
    CHECK_EQ(order[0], SIGUSR1);
    CHECK_EQ(order[1], SIGUSR2);
    CHECK_EQ(order[2], real_time);
    CHECK_EQ(order[4], real_time);
    CHECK_EQ(order[5], real_time + 1);
}

static void check_info(void)
{
    count = order[60] = 0;
    struct sigaction action = {.sa_sigaction = note_info, .sa_flags = SA_SIGINFO};
    sigaction(SIGUSR1, &action, NULL);
    block(SIGUSR2);
    CHECK_OK(kill(getpid(), SIGUSR1));
    CHECK_EQ(last.si_signo, SIGUSR1);
    CHECK_EQ(last.si_code, SI_USER);
    CHECK_EQ(last.si_pid == getpid(), 1);
    CHECK_EQ(last.si_uid, getuid());
    CHECK_EQ(order[60], 1);
    unblock(SIGUSR2);
    CHECK_OK(syscall(SYS_tkill, getpid(), SIGUSR1));
    CHECK_EQ(last.si_code, SI_TKILL);
    CHECK_EQ(count, 2);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(kill(getppid(), SIGUSR1) != 0);
    CHECK_EQ(status_of(child), 0);
    CHECK_EQ(last.si_pid == child, 1);
}

static volatile sig_atomic_t depth, deepest;
static void nest(int number)
{
    if (++depth > deepest)
        deepest = depth;
    if (depth < 20)
        raise(number);
    depth--;
}

static void check_nesting(void)
{
    on(SIGUSR1, nest, SA_NODEFER);
    raise(SIGUSR1);
    CHECK_EQ(deepest, 20);
    CHECK_EQ(depth, 0);
}

static void check_suspend(void)
{
    sigset_t none = set_of(0), set;
    count = 0;
    on(SIGUSR1, note, 0);
    block(SIGUSR1);
    raise(SIGUSR1);
    CHECK_ERR(sigsuspend(&none), EINTR);
    CHECK_EQ(count, 1);
    sigprocmask(SIG_BLOCK, NULL, &set);
    CHECK(sigismember(&set, SIGUSR1));
    unblock(SIGUSR1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) { /* SIGWINCH is ignored by default: it wakes no thread */
        bool sent = signal_sleeper(getppid(), SIGWINCH) && signal_sleeper(getppid(), SIGUSR1);
        _exit(sent ? 0 : 1);
    }
    CHECK_ERR(pause(), EINTR);
    CHECK_EQ(count, 2);
    CHECK_EQ(status_of(child), 0);
    CHECK_ERR(syscall(SYS_rt_sigsuspend, BAD_LOW, 8), EFAULT);
    CHECK_ERR(syscall(SYS_rt_sigsuspend, &none, 4), EINVAL);
}

static void check_stack(void)
{
    char *at = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = at, .ss_size = 65536}, old;
    CHECK_OK(sigaltstack(NULL, &old));
    CHECK_EQ(old.ss_flags, SS_DISABLE);
    CHECK_OK(sigaltstack(&stack, NULL));
    on(SIGUSR1, note, SA_ONSTACK);
    raise(SIGUSR1);
    CHECK((char *)stack_inside > at && (char *)stack_inside < at + 65536);
    on(SIGUSR1, note, 0);
    raise(SIGUSR1);
    CHECK(!((char *)stack_inside > at && (char *)stack_inside < at + 65536));
    CHECK_OK(sigaltstack(NULL, &old));
    CHECK(old.ss_sp == at && old.ss_size == 65536 && old.ss_flags == 0);
    stack.ss_size = 100;
    CHECK_ERR(sigaltstack(&stack, NULL), ENOMEM);
    stack.ss_flags = 99;
    CHECK_ERR(sigaltstack(&stack, NULL), EINVAL);
    CHECK_ERR(syscall(SYS_sigaltstack, BAD_KERNEL, NULL), EFAULT);
    CHECK_ERR(syscall(SYS_sigaltstack, NULL, BAD_KERNEL), EFAULT);
    stack.ss_flags = SS_DISABLE;
    CHECK_OK(sigaltstack(&stack, NULL));
}

static stack_t stack_told;
static void ask_for_stack(int number)
{
    (void)number;
    sigaltstack(NULL, &stack_told);
}

/* A handler on a stack that disarms itself may give it another; afterwards it is what it was. */
static void check_disarming_stack(void)
{
    enum { AUTODISARM = INT_MIN }; /* the highest bit */
    char *at = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = at, .ss_size = 65536, .ss_flags = AUTODISARM}, old;
    CHECK_OK(sigaltstack(&stack, NULL));
    on(SIGUSR1, ask_for_stack, SA_ONSTACK);
    raise(SIGUSR1);
    CHECK_EQ(stack_told.ss_flags, SS_DISABLE);
    CHECK_OK(sigaltstack(NULL, &old));
    CHECK(old.ss_sp == at && old.ss_size == 65536);
    CHECK_EQ(old.ss_flags, AUTODISARM);
    stack.ss_flags = 0;
    CHECK_OK(sigaltstack(&stack, NULL));
    raise(SIGUSR1);
    CHECK_EQ(stack_told.ss_flags, SS_ONSTACK);
    stack.ss_flags = SS_DISABLE;
    CHECK_OK(sigaltstack(&stack, NULL));
    on(SIGUSR1, SIG_DFL, 0);
}

int main(void)
{
    check_actions();
    check_masks();
    check_order();
    check_info();
    check_nesting();
    check_suspend();
    check_stack();
    check_disarming_stack();
    return check_done();
}

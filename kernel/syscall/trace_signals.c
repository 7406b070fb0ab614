// The tracer's printers of what belongs to signals and to waiting for children.
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/wait.h"
#include "lib.h"
#include "syscall_numbers.h"
#include "trace.h"
#include "x86.h"

static void put_signal_list(struct trace *trace, uint64_t set)
{
    const char *blank = "";
    trace_put(trace, "[");
    for (int signal = 1; signal <= KERNEL_NSIG; signal++) {
        if (!(set >> (signal - 1) & 1))
            continue;
        const char *name = trace_find(names_signals, signal);
        trace_put(trace, "%s", blank);
        if (name)
            trace_put(trace, "%s", name + sizeof "SIG" - 1);
        else if (signal == KERNEL_SIGRTMIN)
            trace_put(trace, "RTMIN");
        else
            trace_put(trace, "RT_%d", signal - KERNEL_SIGRTMIN);
        blank = " ";
    }
    trace_put(trace, "]");
}

/* A set by its members, or, if those are many, by what it lacks. */
void trace_signal_set(struct trace *trace, uint64_t set)
{
    bool mostly = __builtin_popcountll(set) >= KERNEL_NSIG * 2 / 3;
    trace_put(trace, mostly ? "~" : "");
    put_signal_list(trace, mostly ? ~set : set);
}

void trace_sigset(struct trace *trace, uint64_t value)
{
    uint64_t set;
    if (trace_fetch(trace, value, &set, sizeof set))
        trace_signal_set(trace, set);
}

/* pselect6's last argument, a mask with its size. */
void trace_sigmask(struct trace *trace, uint64_t value)
{
    struct pselect6_mask mask;
    if (!trace_fetch(trace, value, &mask, sizeof mask))
        return;
    trace_put(trace, "{sigmask=");
    trace_sigset(trace, mask.mask);
    trace_put(trace, ", sigsetsize=%lu}", mask.size);
}

void trace_sigaction(struct trace *trace, uint64_t value)
{
    struct kernel_sigaction action;
    if (!trace_fetch(trace, value, &action, sizeof action))
        return;
    trace_put(trace, "{sa_handler=");
    if (action.handler == KERNEL_SIG_DFL)
        trace_put(trace, "SIG_DFL");
    else if (action.handler == KERNEL_SIG_IGN)
        trace_put(trace, "SIG_IGN");
    else
        trace_hex(trace, action.handler);
    trace_put(trace, ", sa_mask=");
    trace_signal_set(trace, action.mask);
    trace_put(trace, ", sa_flags=");
    trace_bits(trace, names_sigaction_bits, action.flags);
    if (action.flags & SA_RESTORER)
        trace_put(trace, ", sa_restorer=0x%lx", action.restorer);
    trace_put(trace, "}");
}

void trace_stack(struct trace *trace, uint64_t value)
{
    stack_t stack;
    if (!trace_fetch(trace, value, &stack, sizeof stack))
        return;
    trace_put(trace, "{ss_sp=");
    trace_addr(trace, (uint64_t)stack.ss_sp);
    trace_put(trace, ", ss_flags=");
    trace_bits(trace, names_stack_bits, (uint32_t)stack.ss_flags);
    trace_put(trace, ", ss_size=%lu}", stack.ss_size);
}

/* A child's status, in the words of the macros that take it apart. */
void trace_wait_status(struct trace *trace, uint64_t value)
{
    int status;
    if (trace->result == 0) { // WNOHANG, and nothing to tell
        trace_addr(trace, value);
        return;
    }
    if (!trace_fetch(trace, value, &status, sizeof status))
        return;
    if (WIFEXITED(status)) {
        trace_put(trace, "[{WIFEXITED(s) && WEXITSTATUS(s) == %d}]", WEXITSTATUS(status));
    } else if (WIFCONTINUED(status)) {
        trace_put(trace, "[{WIFCONTINUED(s)}]");
    } else {
        bool stopped = WIFSTOPPED(status);
        trace_put(trace, stopped ? "[{WIFSTOPPED(s) && WSTOPSIG(s) == "
                                 : "[{WIFSIGNALED(s) && WTERMSIG(s) == ");
        trace_signal(trace, stopped ? WSTOPSIG(status) : WTERMSIG(status));
        trace_put(trace, !stopped && WCOREDUMP(status) ? " && WCOREDUMP(s)}]" : "}]");
    }
}

/* waitid's answer, or {} when no child had anything to tell. */
void trace_siginfo(struct trace *trace, uint64_t value)
{
    siginfo_t info;
    if (!trace_fetch(trace, value, &info, sizeof info))
        return;
    if (info.si_signo == 0) {
        trace_put(trace, "{}");
        return;
    }
    trace_put(trace, "{si_signo=");
    trace_signal(trace, info.si_signo);
    trace_put(trace, ", si_code=");
    trace_name(trace, names_child_codes, info.si_code);
    trace_put(trace, ", si_pid=%d, si_uid=%u, si_status=", info.si_pid, info.si_uid);
    if (info.si_code == CLD_EXITED)
        trace_int(trace, info.si_status);
    else
        trace_signal(trace, info.si_status);
    trace_put(trace, ", si_utime=%ld, si_stime=%ld}", info.si_utime, info.si_stime);
}

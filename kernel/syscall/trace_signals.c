// The tracer's printers of what belongs to signals and to waiting for children.
#include "abi/poll.h"
#include "abi/signal.h"
#include "abi/wait.h"
#include "lib.h"
#include "mm.h"
#include "proc.h"
#include "syscall.h"
#include "syscall_numbers.h"
#include "trace.h"
#include "x86.h"

#define N(name)     \
    {               \
        name, #name \
    }

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

/* ---- What came with a signal ---- */

/* The codes of each signal that has its own; those of all signals come after. */
static const struct {
    int signal;
    struct trace_name names[9];
} own_codes[] = {
    {SIGILL,
     {N(ILL_ILLOPC),
      N(ILL_ILLOPN),
      N(ILL_ILLADR),
      N(ILL_ILLTRP),
      N(ILL_PRVOPC),
      N(ILL_PRVREG),
      N(ILL_COPROC),
      N(ILL_BADSTK),
      {TRACE_END, NULL}}},
    {SIGFPE,
     {N(FPE_INTDIV),
      N(FPE_INTOVF),
      N(FPE_FLTDIV),
      N(FPE_FLTOVF),
      N(FPE_FLTUND),
      N(FPE_FLTRES),
      N(FPE_FLTINV),
      N(FPE_FLTSUB),
      {TRACE_END, NULL}}},
    {SIGSEGV, {N(SEGV_MAPERR), N(SEGV_ACCERR), {TRACE_END, NULL}}},
    {SIGBUS, {N(BUS_ADRALN), N(BUS_ADRERR), N(BUS_OBJERR), {TRACE_END, NULL}}},
    {SIGTRAP, {N(TRAP_BRKPT), N(TRAP_TRACE), {TRACE_END, NULL}}},
};

static const struct trace_name common_codes[] = {
    N(SI_USER),
    N(SI_KERNEL),
    {(uint32_t)SI_QUEUE, "SI_QUEUE"},
    {(uint32_t)SI_TIMER, "SI_TIMER"},
    {(uint32_t)SI_TKILL, "SI_TKILL"},
    {TRACE_END, "SI_???"},
};

static void put_code(struct trace *trace, const siginfo_t *info)
{
    const char *name = NULL;
    if (info->si_signo == SIGCHLD)
        name = trace_find(names_child_codes, info->si_code);
    for (size_t i = 0; i < ARRAY_SIZE(own_codes) && info->si_code > 0; i++)
        if (own_codes[i].signal == info->si_signo)
            name = trace_find(own_codes[i].names, info->si_code);
    if (name)
        trace_put(trace, "%s", name);
    else
        trace_name(trace, common_codes, (uint32_t)info->si_code);
}

static bool is_fault(int signal)
{
    return signal == SIGILL || signal == SIGFPE || signal == SIGSEGV || signal == SIGBUS ||
           signal == SIGTRAP;
}

static void put_child(struct trace *trace, const siginfo_t *info)
{
    trace_put(trace, ", si_pid=%d, si_uid=%u, si_status=", info->si_pid, info->si_uid);
    if (info->si_code == CLD_EXITED)
        trace_int(trace, info->si_status);
    else
        trace_signal(trace, info->si_status);
    trace_put(trace, ", si_utime=%ld, si_stime=%ld", info->si_utime, info->si_stime);
}

/* The fields that mean something, which depends on the signal and on who sent it. */
void trace_put_siginfo(struct trace *trace, const siginfo_t *info)
{
    trace_put(trace, "{si_signo=");
    trace_signal(trace, info->si_signo);
    trace_put(trace, ", si_code=");
    put_code(trace, info);
    if (info->si_signo == SIGCHLD && info->si_code > 0 && info->si_code < SI_KERNEL) {
        put_child(trace, info);
    } else if (info->si_code > 0 && is_fault(info->si_signo)) {
        trace_put(trace, ", si_addr=");
        trace_addr(trace, (uint64_t)info->si_addr);
    } else if (info->si_code <= 0) {
        trace_put(trace, ", si_pid=%d, si_uid=%u", info->si_pid, info->si_uid);
        if (info->si_code == SI_QUEUE) {
            trace_put(trace, ", si_int=%d, si_ptr=", info->si_int);
            trace_addr(trace, (uint64_t)info->si_ptr);
        }
    }
    trace_put(trace, "}");
}

/* waitid's answer, or {} when no child had anything to tell. */
void trace_siginfo(struct trace *trace, uint64_t value)
{
    siginfo_t info;
    if (!trace_fetch(trace, value, &info, sizeof info))
        return;
    if (info.si_signo == 0)
        trace_put(trace, "{}");
    else
        trace_put_siginfo(trace, &info);
}

/* ---- What happens to a thread between its calls ---- */

static struct trace *event_begin(const char *frame)
{
    struct trace *trace = buffer_alloc();
    if (!trace)
        return NULL;
    trace->length = 0;
    trace_put(trace, "%s ", frame);
    return trace;
}

static void event_end(struct trace *trace, struct thread *self, const char *frame)
{
    trace_put(trace, " %s", frame);
    trace_emit(self, 0, trace->text, trace->length);
    buffer_free(trace);
}

static void trace_taken(struct thread *self, const siginfo_t *info)
{
    struct trace *trace = event_begin("---");
    if (!trace)
        return;
    trace_signal(trace, info->si_signo);
    trace_put(trace, " ");
    trace_put_siginfo(trace, info);
    event_end(trace, self, "---");
}

static void trace_stopped(struct thread *self, int signal)
{
    struct trace *trace = event_begin("---");
    if (!trace)
        return;
    trace_put(trace, "stopped by ");
    trace_signal(trace, signal);
    event_end(trace, self, "---");
}

static void trace_ended(struct thread *self, int wait_status)
{
    struct trace *trace = event_begin("+++");
    if (!trace)
        return;
    trace_put(trace, WIFEXITED(wait_status) ? "exited with " : "killed by ");
    if (WIFEXITED(wait_status))
        trace_int(trace, WEXITSTATUS(wait_status));
    else
        trace_signal(trace, WTERMSIG(wait_status));
    if (WIFSIGNALED(wait_status) && WCOREDUMP(wait_status))
        trace_put(trace, " (core dumped)");
    event_end(trace, self, "+++");
}

const struct trace_hooks syscall_trace_hooks = {
    .signal = trace_taken,
    .stopped = trace_stopped,
    .ended = trace_ended,
};

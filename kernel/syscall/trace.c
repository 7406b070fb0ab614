// The tracer: one line about each call of a traced thread, in strace's format, on the kernel's log.
#include <stdarg.h>

#include "abi/errno_list.h"
#include "abi/signal.h"
#include "lib.h"
#include "mm.h"
#include "proc.h"
#include "sched.h"
#include "syscall.h"
#include "syscall_numbers.h"
#include "trace.h"
#include "x86.h"

#include "syscall_trace.h"

enum { RESULT_COLUMN = 40 };

_Static_assert(sizeof(struct trace) <= PAGE_SIZE, "a line is composed in a buffer of one page");

const char *syscall_name(uint64_t number)
{
    return number < ARRAY_SIZE(descriptions) ? descriptions[number].name : NULL;
}

void trace_put(struct trace *trace, const char *fmt, ...)
{
    va_list args;
    size_t room = sizeof trace->text - trace->length;
    va_start(args, fmt);
    size_t n = vformat(trace->text + trace->length, room, fmt, args);
    va_end(args);
    trace->length += min(n, room - 1);
}

bool trace_failed(const struct trace *trace)
{
    return trace->result < 0 && trace->result >= -MAX_ERRNO;
}

bool trace_fetch(struct trace *trace, uint64_t at, void *to, size_t n)
{
    if (at && !trace_failed(trace) && user_copy_in(to, uaddr(at), n) == 0)
        return true;
    trace_addr(trace, at);
    return false;
}

static const struct trace_kind kind_unknown = {trace_hex, false, NULL};
static const struct trace_description unknown_call = {
    NULL,
    &kind_int,
    6,
    {&kind_unknown, &kind_unknown, &kind_unknown, &kind_unknown, &kind_unknown, &kind_unknown},
};

static struct trace *trace_begin(const struct trap_frame *frame)
{
    struct trace *trace = buffer_alloc();
    if (!trace)
        return NULL;
    uint32_t number = frame->error;
    *trace = (struct trace){
        .number = number,
        .call = syscall_name(number) ? &descriptions[number] : &unknown_call,
        .args = {frame->rdi, frame->rsi, frame->rdx, frame->r10, frame->r8, frame->r9},
    };
    if (trace->call == &unknown_call)
        trace_put(trace, "syscall_0x%x(", number);
    else
        trace_put(trace, "%s(", trace->call->name);
    return trace;
}

/*
 * Prints arguments from trace->at on, as far as they can be known: before the call up to the first
 * that the call fills in, after it to the end.
 */
static void trace_args(struct trace *trace, bool after)
{
    for (; trace->at < trace->call->n_args && !trace->omit; trace->at++) {
        const struct trace_kind *kind = trace->call->args[trace->at];
        if (kind->after && !after)
            return;
        size_t before = trace->length;
        if (trace->at > 0)
            trace_put(trace, ", ");
        trace->names = kind->names;
        kind->print(trace, trace->args[trace->at]);
        if (trace->skip || trace->omit)
            trace->length = before;
        trace->skip = false;
    }
}

/* How strace puts it when a call gave way to a signal and may start again. */
static const char *restart_text(long result)
{
    switch (-result) {
    case ERESTARTSYS: return "ERESTARTSYS (To be restarted if SA_RESTART is set)";
    case ERESTARTNOINTR: return "ERESTARTNOINTR (To be restarted)";
    case ERESTARTNOHAND: return "ERESTARTNOHAND (To be restarted if no handler)";
    case ERESTART_RESTARTBLOCK: return "ERESTART_RESTARTBLOCK (Interrupted by signal)";
    default: return NULL;
    }
}

static const char *error_text(int error)
{
#define TEXT(name, text) \
    case name: return text;
    switch (error) {
        ERRNO_LIST(TEXT)
    }
#undef TEXT
    return "Unknown error";
}

static void trace_result(struct trace *trace)
{
    const char *restart = restart_text(trace->result);
    trace_put(trace, ")%*s= ", max(1, RESULT_COLUMN - 1 - (int)trace->length), "");
    if (restart) {
        trace_put(trace, "? %s", restart);
    } else if (trace_failed(trace)) {
        const char *name = trace_find(names_errors, -trace->result);
        trace_put(trace, "-1 %s (%s)", name ? name : "E???", error_text(-trace->result));
    } else {
        trace->names = trace->call->result->names;
        trace->call->result->print(trace, trace->result);
    }
}

static void trace_end(struct trace *trace, struct thread *self, uint64_t ns)
{
    trace_result(trace);
    trace_emit(self, ns, trace->text, trace->length);
    buffer_free(trace);
}

/* The signal mask that rt_sigreturn will restore; a handler's frame lies at the stack's top. */
static void trace_signal_frame(struct trace *trace, uint64_t stack)
{
    uint64_t mask;
    uint64_t at = stack + offsetof(struct ucontext, uc_sigmask);
    if (user_copy_in(&mask, uaddr(at), sizeof mask) < 0)
        return;
    trace_put(trace, "{mask=");
    trace_signal_set(trace, mask);
    trace_put(trace, "}");
}

long trace_call(struct thread *self, const struct trap_frame *frame,
                long (*perform)(struct thread *self, const struct trap_frame *frame))
{
    uint32_t number = frame->error;
    struct trace *trace = trace_begin(frame);
    if (!trace)
        return perform(self, frame);
    trace_args(trace, false);
    if (number == SYS_rt_sigreturn)
        trace_signal_frame(trace, frame->rsp);
    if (trace->call->result == &kind_never) {
        trace_end(trace, self, 0); /* it does not come back: its line is whole before */
        return perform(self, frame);
    }
    uint64_t start_ns = clock_ns();
    long result = perform(self, frame);
    uint64_t ns = clock_ns() - start_ns;
    trace->result = result;
    trace_args(trace, true);
    trace_end(trace, self, ns);
    return result;
}

/* prctl: small settings of a process or a thread. */
/* SPDX-License-Identifier: MIT */
#include "abi/prctl.h"
#include "proc/private.h"

static long set_name(struct thread *self, unsigned long from)
{
    char name[COMM_MAX] = "";
    long length = user_copy_string(name, uaddr(from), sizeof(name));
    if (length == -EFAULT)
        return -EFAULT;
    name[COMM_MAX - 1] = '\0';
    memset(self->name, 0, sizeof(self->name));
    strlcpy(self->name, name, sizeof(self->name));
    return 0;
}

static long put_int(unsigned long to, int value)
{
    return user_copy_out(uaddr(to), &value, sizeof(value));
}

static long set_flag(bool *flag, unsigned long value, unsigned long most)
{
    if (value > most)
        return -EINVAL;
    *flag = value;
    return 0;
}

/* Options about features that do not exist here, or cannot be changed: the answers are those of a
 * Linux that does not change them. */
static long other_option(struct thread *self, int option, unsigned long arg2)
{
    enum { CAP_LAST_CAP = 40, SECBIT_KEEP_CAPS = 1 << 4 };
    switch (option) {
    case PR_GET_TIMERSLACK: return self->timer_slack_ns;
    case PR_SET_TIMERSLACK:
        self->timer_slack_ns = (long)arg2 <= 0 ? self->usual_slack_ns : arg2;
        return 0;
    case PR_GET_TIMING: return PR_TIMING_STATISTICAL;
    case PR_SET_TIMING: return arg2 == PR_TIMING_STATISTICAL ? 0 : -EINVAL;
    case PR_GET_TSC: return put_int(arg2, PR_TSC_ENABLE);
    case PR_SET_TSC: return arg2 == PR_TSC_ENABLE ? 0 : -EINVAL;
    case PR_CAPBSET_READ: return arg2 <= CAP_LAST_CAP ? 1 : -EINVAL; /* none is ever removed */
    case PR_GET_SECUREBITS: return self->process->keep_caps ? SECBIT_KEEP_CAPS : 0;
    case PR_GET_TID_ADDRESS:
        return user_copy_out(uaddr(arg2), &self->clear_child_tid.at, sizeof(uint64_t));
    default: return -EINVAL;
    }
}

long sys_prctl(struct thread *self, int option, unsigned long arg2, unsigned long arg3,
               unsigned long arg4, unsigned long arg5)
{
    struct process *process = self->process;
    bool rest_is_zero = !arg3 && !arg4 && !arg5;
    switch (option) {
    case PR_SET_NAME: return set_name(self, arg2);
    case PR_GET_NAME: return user_copy_out(uaddr(arg2), self->name, sizeof(self->name));
    case PR_SET_PDEATHSIG:
        if (arg2 && !signal_is_valid(arg2))
            return -EINVAL;
        process->parent_death_signal = arg2;
        return 0;
    case PR_GET_PDEATHSIG: return put_int(arg2, process->parent_death_signal);
    case PR_SET_DUMPABLE:
        if (arg2 > 1)
            return -EINVAL;
        spin_lock(&proc_lock);
        process->dumpable = arg2;
        spin_unlock(&proc_lock);
        return 0;
    case PR_GET_DUMPABLE: return process->dumpable;
    case PR_SET_CHILD_SUBREAPER: return set_flag(&process->subreaper, !!arg2, 1);
    case PR_GET_CHILD_SUBREAPER: return put_int(arg2, process->subreaper);
    case PR_SET_KEEPCAPS: return set_flag(&process->keep_caps, arg2, 1);
    case PR_GET_KEEPCAPS: return process->keep_caps;
    case PR_SET_NO_NEW_PRIVS:
        return arg2 == 1 && rest_is_zero ? set_flag(&process->no_new_privs, 1, 1) : -EINVAL;
    case PR_GET_NO_NEW_PRIVS: return !arg2 && rest_is_zero ? process->no_new_privs : -EINVAL;
    default: return other_option(self, option, arg2);
    }
}

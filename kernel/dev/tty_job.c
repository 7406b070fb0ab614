/* Job control: which session has a terminal, and which group may use it.
 *
 * A terminal serves one session, usually a shell and its jobs. One group of the session is in the
 * foreground: it may read, and the signals of keys are sent to it. The shell chooses it with
 * TIOCSPGRP. A process of another group that reads, or changes settings, is in the background: its
 * whole group gets SIGTTIN or SIGTTOU, which stops it until the shell brings it to the foreground.
 * The call then starts again.
 *
 * There are exceptions. If the process blocks or ignores the signal, it would never stop, so a read
 * fails with EIO, and other calls are allowed. If its group is orphaned, no process could continue
 * it, so the call fails with EIO.
 *
 * A session leader without a terminal gets one by opening it, or by TIOCSCTTY, if no other session
 * has it. It loses it when the leader ends: the foreground group gets SIGHUP, and open files are
 * dead.
 *
 * Sessions and groups are known to proc only, so all questions go through hooks.jobs, without the
 * lock of the terminal. The answers may be out of date a moment later; this is the same on Linux.
 * `session` and `foreground` are changed with the lock held. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/signal.h"
#include "tty.h"

/* Is this the controlling terminal of the caller? */
static bool is_own(const struct tty *tty)
{
    return hooks.jobs->terminal() == tty;
}

int tty_job_check(struct tty *tty, int signal)
{
    int group = hooks.jobs->group();
    int foreground = tty_foreground_group(tty);
    if (!is_own(tty) || foreground == 0 || foreground == group)
        return 0;
    if (hooks.jobs->blocks_or_ignores(signal))
        return signal == SIGTTIN ? -EIO : 0;
    if (hooks.jobs->group_is_orphaned())
        return -EIO;
    hooks.jobs->signal_group(group, signal);
    return -ERESTARTSYS;
}

/* Gives the terminal to the caller's session, if it is free. False if it is not. */
static bool tty_take_over(struct tty *tty)
{
    int session = hooks.jobs->session(), group = hooks.jobs->group();
    spin_lock(&tty->lock);
    bool is_free = tty->session == 0;
    if (is_free) {
        tty->session = session;
        tty->foreground = group;
    }
    spin_unlock(&tty->lock);
    if (is_free)
        hooks.jobs->set_terminal(tty);
    return is_free;
}

/* After an open without O_NOCTTY: a session leader without a terminal gets it, if it is free. */
void tty_job_opened(struct tty *tty, const struct file *file)
{
    if (file_readable(file) && hooks.jobs->is_session_leader() && !hooks.jobs->terminal())
        tty_take_over(tty);
}

void tty_session_ended(struct tty *tty, int session)
{
    spin_lock(&tty->lock);
    int group = tty->foreground;
    bool owner = tty->session == session;
    if (owner) {
        tty->session = tty->foreground = 0;
        tty->hangups++;
        line_flush_input(&tty->line);
    }
    spin_unlock(&tty->lock);
    if (!owner)
        return;
    wake_all(&tty->readable);
    wake_all(&tty->writable);
    if (group) {
        hooks.jobs->signal_group(group, SIGHUP);
        hooks.jobs->signal_group(group, SIGCONT);
    }
    hooks.jobs->lost_terminal(tty);
}

/* TIOCSCTTY: makes it the controlling terminal of the caller's session. */
static long job_acquire(struct tty *tty)
{
    if (!hooks.jobs->is_session_leader())
        return -EPERM;
    if (tty->session == hooks.jobs->session() && is_own(tty))
        return 0;
    return !hooks.jobs->terminal() && tty_take_over(tty) ? 0 : -EPERM;
}

/* TIOCNOTTY: the caller gives it up; a session leader does so for the whole session. */
static long job_release(struct tty *tty)
{
    if (!is_own(tty))
        return -ENOTTY;
    if (!hooks.jobs->is_session_leader()) {
        hooks.jobs->set_terminal(NULL);
        return 0;
    }
    spin_lock(&tty->lock);
    int group = tty->foreground;
    tty->session = tty->foreground = 0;
    spin_unlock(&tty->lock);
    if (group) {
        hooks.jobs->signal_group(group, SIGHUP);
        hooks.jobs->signal_group(group, SIGCONT);
    }
    hooks.jobs->lost_terminal(tty);
    return 0;
}

/* TIOCSPGRP: makes a group of the session the foreground group. */
static long job_set_foreground(struct tty *tty, uaddr_t arg)
{
    int group;
    int err = tty_job_check(tty, SIGTTOU);
    if (err)
        return err;
    if (!is_own(tty) || tty->session != hooks.jobs->session())
        return -ENOTTY;
    if (user_copy_in(&group, arg, sizeof(group)))
        return -EFAULT;
    if (group < 0)
        return -EINVAL;
    int session = hooks.jobs->session_of_group(group);
    if (session < 0)
        return session;
    if (session != hooks.jobs->session())
        return -EPERM;
    spin_lock(&tty->lock);
    tty->foreground = group;
    spin_unlock(&tty->lock);
    return 0;
}

/* The ioctls about jobs; -ENOTTY for all others. */
long tty_job_ioctl(struct tty *tty, uint64_t request, uaddr_t arg)
{
    int id;
    switch (request) {
    case TIOCSCTTY: return job_acquire(tty);
    case TIOCNOTTY: return job_release(tty);
    case TIOCSPGRP: return job_set_foreground(tty, arg);
    case TIOCGPGRP: id = tty->foreground; break;
    case TIOCGSID: id = tty->session; break;
    default: return -ENOTTY;
    }
    return is_own(tty) ? user_copy_out(arg, &id, sizeof(id)) : -ENOTTY;
}

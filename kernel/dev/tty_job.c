/* Job control: which session owns a terminal, which group is in front, who is stopped for it. */
#include "abi/errno.h"
#include "abi/signal.h"
#include "tty.h"

/* Is it the controlling terminal of the caller? */
static bool is_own(const struct tty *tty)
{
    return job_ops && job_ops->terminal() == tty;
}

int tty_job_check(struct tty *tty, int signal)
{
    int group = job_ops ? job_ops->group() : 0;
    int foreground = tty_foreground_group(tty);
    if (!is_own(tty) || foreground == 0 || foreground == group)
        return 0;
    if (job_ops->blocks_or_ignores(signal))
        return signal == SIGTTIN ? -EIO : 0;
    if (job_ops->group_is_orphaned())
        return -EIO;
    job_ops->signal_group(group, signal);
    return -ERESTARTSYS;
}

/* Gives the terminal to the caller's session, if it is nobody's; false if another was faster. */
static bool tty_take_over(struct tty *tty)
{
    int session = job_ops->session(), group = job_ops->group();
    spin_lock(&tty->lock);
    bool is_free = tty->session == 0;
    if (is_free) {
        tty->session = session;
        tty->foreground = group;
    }
    spin_unlock(&tty->lock);
    if (is_free)
        job_ops->set_terminal(tty);
    return is_free;
}

/* An open without O_NOCTTY: a session leader without a terminal gets one that nobody has. */
void tty_job_opened(struct tty *tty, const struct file *file)
{
    if (job_ops && file_readable(file) && job_ops->is_session_leader() && !job_ops->terminal())
        tty_take_over(tty);
}

/* Takes the terminal from its session: its group in front is told, its files are dead. Called
 * without locks. */
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
        job_ops->signal_group(group, SIGHUP);
        job_ops->signal_group(group, SIGCONT);
    }
    job_ops->lost_terminal(tty);
}

/* TIOCSCTTY: the caller's session wants it. */
static long job_acquire(struct tty *tty)
{
    if (!job_ops->is_session_leader())
        return -EPERM;
    if (tty->session == job_ops->session() && is_own(tty))
        return 0;
    return !job_ops->terminal() && tty_take_over(tty) ? 0 : -EPERM;
}

/* TIOCNOTTY: the caller gives it up, a session leader for the whole session. */
static long job_release(struct tty *tty)
{
    if (!is_own(tty))
        return -ENOTTY;
    if (!job_ops->is_session_leader()) {
        job_ops->set_terminal(NULL);
        return 0;
    }
    spin_lock(&tty->lock);
    int group = tty->foreground;
    tty->session = tty->foreground = 0;
    spin_unlock(&tty->lock);
    if (group) {
        job_ops->signal_group(group, SIGHUP);
        job_ops->signal_group(group, SIGCONT);
    }
    job_ops->lost_terminal(tty);
    return 0;
}

/* TIOCSPGRP: puts a group of the session in front. */
static long job_set_foreground(struct tty *tty, uaddr_t arg)
{
    int group;
    int err = tty_job_check(tty, SIGTTOU);
    if (err)
        return err;
    if (!is_own(tty) || tty->session != job_ops->session())
        return -ENOTTY;
    if (user_copy_in(&group, arg, sizeof(group)))
        return -EFAULT;
    if (group < 0)
        return -EINVAL;
    int session = job_ops->session_of_group(group);
    if (session < 0)
        return session;
    if (session != job_ops->session())
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
    if (!job_ops)
        return -ENOTTY;
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

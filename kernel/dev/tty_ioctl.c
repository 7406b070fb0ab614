/* What ioctl can ask of a terminal: its settings, its size, its queues. */
#include "abi/errno.h"
#include "abi/signal.h"
#include "tty.h"

static long get_settings(struct tty *tty, uaddr_t arg)
{
    struct kernel_termios termios;
    spin_lock(&tty->lock);
    termios = tty->line.termios;
    spin_unlock(&tty->lock);
    return user_copy_out(arg, &termios, sizeof(termios));
}

/* TCSETS at once, TCSETSW after the output has left, TCSETSF also throwing away input. */
static long set_settings(struct file *file, struct tty *tty, uint64_t request, uaddr_t arg)
{
    struct kernel_termios termios;
    if (user_copy_in(&termios, arg, sizeof(termios)))
        return -EFAULT;
    int err = tty_job_check(tty, SIGTTOU);
    if (!err && request != TCSETS)
        err = tty_drain(file);
    if (err)
        return err;
    spin_lock(&tty->lock);
    if (request == TCSETSF)
        line_flush_input(&tty->line);
    line_set(&tty->line, &termios);
    tty->driver->hold(tty, tty->line.stopped);
    tty->driver->fill(tty);
    tty->input_came = true; /* what was typed may have become readable */
    tty_unlock(tty);
    return 0;
}

static long set_size(struct tty *tty, uaddr_t arg)
{
    struct winsize size;
    if (user_copy_in(&size, arg, sizeof(size)))
        return -EFAULT;
    spin_lock(&tty->lock);
    bool changed = memcmp(&tty->size, &size, sizeof(size)) != 0;
    int group = tty->foreground;
    tty->size = size;
    spin_unlock(&tty->lock);
    if (changed && group && job_ops)
        job_ops->signal_group(group, SIGWINCH);
    return 0;
}

/* TCFLSH: throws away input, output or both. */
static long flush(struct tty *tty, uint64_t which)
{
    if (which > TCIOFLUSH)
        return -EINVAL;
    int err = tty_job_check(tty, SIGTTOU);
    if (err)
        return err;
    spin_lock(&tty->lock);
    if (which != TCOFLUSH) {
        line_flush_input(&tty->line);
        tty->driver->fill(tty);
    }
    if (which != TCIFLUSH)
        tty->driver->discard(tty);
    tty_unlock(tty);
    wake_all(&tty->writable);
    return 0;
}

/* TCXONC: stops or starts output, or asks the other side to. */
static long flow(struct tty *tty, uint64_t action)
{
    if (action > TCION)
        return -EINVAL;
    int err = tty_job_check(tty, SIGTTOU);
    if (err)
        return err;
    spin_lock(&tty->lock);
    if (action == TCOOFF || action == TCOON) {
        tty->line.stopped = action == TCOOFF;
        tty->driver->hold(tty, tty->line.stopped);
    } else {
        tty->driver->write(tty, &tty->line.termios.c_cc[action == TCIOFF ? VSTOP : VSTART], 1);
    }
    spin_unlock(&tty->lock);
    wake_all(&tty->writable);
    return 0;
}

static long tell_queue(struct tty *tty, uint64_t request, uaddr_t arg)
{
    spin_lock(&tty->lock);
    tty->driver->fill(tty);
    int n = request == TIOCINQ ? line_waiting(&tty->line) : tty->driver->queued(tty);
    tty_unlock(tty);
    return user_copy_out(arg, &n, sizeof(n));
}

/* TCSBRK and TCSBRKP: waits for the output; the break itself is not sent, as in a window. */
static long send_break(struct file *file, struct tty *tty)
{
    int err = tty_job_check(tty, SIGTTOU);
    return err ? err : tty_drain(file);
}

long tty_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    struct tty *tty = ((struct tty_file *)file->private_data)->tty;
    struct winsize size;
    if (tty_hung_up(file))
        return request == TIOCSPGRP ? -ENOTTY : -EIO;
    switch (request) {
    case TCGETS: return get_settings(tty, arg);
    case TCSETS:
    case TCSETSW:
    case TCSETSF: return set_settings(file, tty, request, arg);
    case TIOCGWINSZ: size = tty->size; return user_copy_out(arg, &size, sizeof(size));
    case TIOCSWINSZ: return set_size(tty, arg);
    case TCFLSH: return flush(tty, arg.at);
    case TCXONC: return flow(tty, arg.at);
    case TCSBRK:
    case TCSBRKP: return send_break(file, tty);
    case TIOCINQ:
    case TIOCOUTQ: return tell_queue(tty, request, arg);
    default: return tty_job_ioctl(tty, request, arg);
    }
}

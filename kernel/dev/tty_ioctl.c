/* The ioctls of terminals: settings, size, queues. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/signal.h"
#include "tty.h"

static long get_settings(struct tty *tty, uaddr_t arg)
{
    spin_lock(&tty->lock);
    struct kernel_termios termios = tty->line.termios;
    spin_unlock(&tty->lock);
    return user_copy_out(arg, &termios, sizeof(termios));
}

int tty_set(struct file *file, struct tty *tty, uint64_t request,
            const struct kernel_termios *termios, const uint32_t *speeds)
{
    int err = tty_job_check(tty, SIGTTOU);
    if (!err && request != TCSETS)
        err = tty_drain(file);
    if (err)
        return err;
    spin_lock(&tty->lock);
    if (request == TCSETSF)
        line_flush_input(&tty->line);
    if (annex_hooks.tty_speeds)
        annex_hooks.tty_speeds(tty, termios, speeds);
    line_set(&tty->line, termios);
    tty->driver->hold(tty, tty->line.stopped);
    tty->driver->fill(tty);
    tty->input_came = true; /* input that was not readable may be so now */
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
    if (changed && group)
        hooks.jobs->signal_group(group, SIGWINCH);
    return 0;
}

long tty_ioctl(struct file *file, uint64_t request, uaddr_t arg)
{
    struct tty *tty = ((struct tty_file *)file->private_data)->tty;
    struct kernel_termios termios;
    struct winsize size;
    if (tty_hung_up(file))
        return request == TIOCSPGRP ? -ENOTTY : -EIO;
    switch (request) {
    case TCGETS: return get_settings(tty, arg);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return user_copy_in(&termios, arg, sizeof(termios))
                   ? -EFAULT
                   : tty_set(file, tty, request, &termios, NULL);
    case TIOCGWINSZ: size = tty->size; return user_copy_out(arg, &size, sizeof(size));
    case TIOCSWINSZ: return set_size(tty, arg);
    }
    long result = tty_job_ioctl(tty, request, arg);
    return result == -ENOTTY && annex_hooks.tty_ioctl
               ? annex_hooks.tty_ioctl(file, tty, request, arg.at)
               : result;
}

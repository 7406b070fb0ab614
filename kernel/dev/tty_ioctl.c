/* The ioctls of terminals: settings, size, queues. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/signal.h"
#include "tty.h"

/* Settings in both sizes: struct kernel_termios2 begins like struct kernel_termios. */
union settings {
    struct kernel_termios termios;
    struct kernel_termios2 two;
};

/* The speed in baud that the bits of CBAUD mean; for BOTHER it is `number`. */
static uint32_t speed_of(uint32_t bits, uint32_t number)
{
    static const uint32_t slow[] = {0,   50,   75,   110,  134,  150,  200,   300,
                                    600, 1200, 1800, 2400, 4800, 9600, 19200, 38400};
    static const uint32_t fast[] = {0,       57600,   115200,  230400,  460800,  500000,
                                    576000,  921600,  1000000, 1152000, 1500000, 2000000,
                                    2500000, 3000000, 3500000, 4000000};
    if (bits == BOTHER)
        return number;
    return bits & BOTHER ? fast[bits & 15] : slow[bits & 15];
}

/* Fills in the speeds that the flags mean. BOTHER means the number that was set last; B0 as the
 * input's speed means that of the output. */
static void settle_speeds(struct tty *tty, union settings *s)
{
    uint32_t input = s->two.c_cflag >> IBSHIFT & CBAUD;
    s->two.c_ospeed = speed_of(s->two.c_cflag & CBAUD, tty->output_speed);
    s->two.c_ispeed = input == B0 ? s->two.c_ospeed : speed_of(input, tty->input_speed);
}

/* TCGETS, and TCGETS2, which also has the speeds. */
static long get_settings(struct tty *tty, uaddr_t arg, size_t size)
{
    union settings s;
    spin_lock(&tty->lock);
    s.termios = tty->line.termios;
    settle_speeds(tty, &s);
    spin_unlock(&tty->lock);
    return user_copy_out(arg, &s, size);
}

/* TCSETS acts at once, TCSETSW after all output was sent, TCSETSF also discards input. Those with a
 * 2 have the speeds, too. */
static long set_settings(struct file *file, struct tty *tty, uint64_t request, uaddr_t arg)
{
    union settings s;
    bool two = request == TCSETS2 || request == TCSETSW2 || request == TCSETSF2;
    if (user_copy_in(&s, arg, two ? sizeof(s.two) : sizeof(s.termios)))
        return -EFAULT;
    int err = tty_job_check(tty, SIGTTOU);
    if (!err && request != TCSETS && request != TCSETS2)
        err = tty_drain(file);
    if (err)
        return err;
    spin_lock(&tty->lock);
    if (request == TCSETSF || request == TCSETSF2)
        line_flush_input(&tty->line);
    if (two) {
        tty->output_speed = s.two.c_ospeed;
        tty->input_speed = s.two.c_ispeed;
    }
    settle_speeds(tty, &s);
    tty->output_speed = s.two.c_ospeed;
    tty->input_speed = s.two.c_ispeed;
    line_set(&tty->line, &s.termios);
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

/* TCFLSH: discards input, output or both. */
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

/* TCXONC: stops or starts output, or asks the other side to stop or start. */
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

/* TCSBRK and TCSBRKP: waits for the output. No break is sent, as in a terminal window. */
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
    case TCGETS: return get_settings(tty, arg, sizeof(struct kernel_termios));
    case TCGETS2: return get_settings(tty, arg, sizeof(struct kernel_termios2));
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
    case TCSETS2:
    case TCSETSW2:
    case TCSETSF2: return set_settings(file, tty, request, arg);
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

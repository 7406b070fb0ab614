/* The ioctls of terminals that few programs use: settings with speeds, discarding, flow, queues. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/signal.h"
#include "annex.h"
#include "dev/tty.h"

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

/* The hook. BOTHER means the number that was set last; B0 as the input's speed means that of the
 * output. */
static void set_speeds(struct tty *tty, const struct kernel_termios *termios,
                       const uint32_t *speeds)
{
    uint32_t input = termios->c_cflag >> IBSHIFT & CBAUD;
    uint32_t input_number = speeds ? speeds[0] : tty->input_speed;
    uint32_t output_number = speeds ? speeds[1] : tty->output_speed;
    tty->output_speed = speed_of(termios->c_cflag & CBAUD, output_number);
    tty->input_speed = input == B0 ? tty->output_speed : speed_of(input, input_number);
}

/* TCGETS2: the settings with the speeds. */
static long get_settings(struct tty *tty, uaddr_t arg)
{
    struct kernel_termios2 two;
    spin_lock(&tty->lock);
    set_speeds(tty, &tty->line.termios, NULL);
    memcpy(&two, &tty->line.termios, sizeof(tty->line.termios)); /* it begins like this */
    two.c_ispeed = tty->input_speed;
    two.c_ospeed = tty->output_speed;
    spin_unlock(&tty->lock);
    return user_copy_out(arg, &two, sizeof(two));
}

/* TCSETS2 and its relatives; `request` is the one without speeds. */
static long set_settings(struct file *file, struct tty *tty, uint64_t request, uaddr_t arg)
{
    struct kernel_termios2 two;
    struct kernel_termios termios;
    if (user_copy_in(&two, arg, sizeof(two)))
        return -EFAULT;
    memcpy(&termios, &two, sizeof(termios));
    const uint32_t speeds[2] = {two.c_ispeed, two.c_ospeed};
    return tty_set(file, tty, request, &termios, speeds);
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

static long more_ioctl(struct file *file, struct tty *tty, uint64_t request, uint64_t at)
{
    uaddr_t arg = uaddr(at);
    switch (request) {
    case TCGETS2: return get_settings(tty, arg);
    case TCSETS2: return set_settings(file, tty, TCSETS, arg);
    case TCSETSW2: return set_settings(file, tty, TCSETSW, arg);
    case TCSETSF2: return set_settings(file, tty, TCSETSF, arg);
    case TCFLSH: return flush(tty, arg.at);
    case TCXONC: return flow(tty, arg.at);
    case TCSBRK:
    case TCSBRKP: return send_break(file, tty);
    case TIOCINQ:
    case TIOCOUTQ: return tell_queue(tty, request, arg);
    default: return -ENOTTY;
    }
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    annex_hooks.tty_ioctl = more_ioctl;
    annex_hooks.tty_speeds = set_speeds;
}

ANNEX(terminal, ANNEX_START, start);

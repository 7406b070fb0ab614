/* Terminals: a line discipline between a wire and programs, with job control. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "devices.h"
#include "line.h"

struct tty;

/* A driver for a kind of wire. Every function is called with the lock of the terminal held. */
struct tty_driver {
    size_t (*write)(struct tty *tty, const uint8_t *bytes, size_t n); /* how many were accepted */
    size_t (*room)(struct tty *tty); /* bytes that write will accept */
    void (*fill)(struct tty *tty);   /* calls tty_receive with as much input as line_room allows */
    void (*hold)(struct tty *tty, bool held); /* output stops (^S) or continues */
    size_t (*queued)(struct tty *tty);        /* bytes of output that are not sent yet */
    void (*discard)(struct tty *tty);         /* discards them */
};

struct tty {
    uint64_t rdev; /* constant, as are the next three */
    const char *name;
    const struct tty_driver *driver;
    void *wire;           /* for the driver */
    struct spinlock lock; /* rank RANK_DEVICE */
    /* guarded by lock: */
    struct line line;
    uint32_t input_speed, output_speed; /* of the last settings, in baud */
    struct winsize size;
    int session, foreground;         /* ids, 0: none; foreground may be read without the lock */
    uint32_t hangups;                /* files that were opened before the last one are dead */
    bool input_came, output_resumes; /* readers or writers must be woken */
    struct wait_queue readable, writable;
    struct mutex reader; /* held by the one read that moves bytes */
    struct mutex writer; /* the bytes of one write stay together */
};

/* What an open file of a terminal holds. */
struct tty_file {
    struct tty *tty;
    uint32_t hangups; /* those of the terminal at the open */
    bool console;     /* opened as /dev/console: survives hang-ups */
};

void tty_init(struct tty *tty, uint64_t rdev, const struct tty_driver *driver, void *wire);
/* Registers it under its device number and as /dev/NAME. Only during bring-up. */
void tty_register(struct tty *tty, const char *name, uint32_t permissions);

/* For drivers: processes input. Lock: tty->lock held. */
void tty_receive(struct tty *tty, const uint8_t *bytes, size_t n);
/* Releases the lock, wakes readers and writers, and sends the signals that input asked for. */
void tty_unlock(struct tty *tty);
/* For drivers: output has room again. Called without the lock. */
static inline void tty_writable(struct tty *tty)
{
    wake_all(&tty->writable);
}

bool tty_hung_up(const struct file *file);
/* Waits until all output was sent. 0, -ERESTARTSYS or -EIO. */
int tty_drain(struct file *file);
/* New settings, by TCSETS at once, by TCSETSW after all output was sent, by TCSETSF also without
 * the input that was not read; `speeds` as for the hook tty_speeds. 0 or -errno. */
int tty_set(struct file *file, struct tty *tty, uint64_t request,
            const struct kernel_termios *termios, const uint32_t *speeds);
long tty_ioctl(struct file *file, uint64_t request, uaddr_t arg);

/* tty_job.c: may the caller use the terminal now? A caller in the background gets `signal` (SIGTTIN
 * or SIGTTOU). 0, -EIO, or -ERESTARTSYS after the signal was sent. */
int tty_job_check(struct tty *tty, int signal);
void tty_job_opened(struct tty *tty, const struct file *file);
long tty_job_ioctl(struct tty *tty, uint64_t request, uaddr_t arg);

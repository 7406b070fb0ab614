/* Terminals: a line discipline between a driver's wire and programs, and the jobs that use it. */
#pragma once

#include "devices.h"
#include "line.h"

struct tty;

/* A wire; every function is called with the terminal's lock held. */
struct tty_driver {
    size_t (*write)(struct tty *tty, const uint8_t *bytes, size_t n); /* how many were accepted */
    size_t (*room)(struct tty *tty);          /* bytes that write will accept */
    void (*fill)(struct tty *tty);            /* gives tty_receive what line_room admits */
    void (*hold)(struct tty *tty, bool held); /* output stops (^S), or goes on */
    size_t (*queued)(struct tty *tty);        /* bytes of output that wait */
    void (*discard)(struct tty *tty);         /* throws them away */
};

struct tty {
    uint64_t rdev; /* constant, as are the next three */
    const char *name;
    const struct tty_driver *driver;
    void *wire;           /* the driver's own */
    struct spinlock lock; /* rank RANK_DEVICE */
    /* guarded by lock: */
    struct line line;
    uint32_t input_speed, output_speed; /* of the last settings, in baud */
    struct winsize size;
    int session, foreground;         /* ids, 0: none; foreground may be read without the lock */
    uint32_t hangups;                /* a file opened before the last one is dead */
    bool input_came, output_resumes; /* readers, writers are to be woken */
    struct wait_queue readable, writable;
    struct mutex reader; /* one read takes its bytes at a time */
    struct mutex writer; /* the bytes of one write stay together */
};

/* What an open file of a terminal holds. */
struct tty_file {
    struct tty *tty;
    uint32_t hangups; /* the terminal's when it was opened */
    bool console;     /* opened as /dev/console: survives hang-ups */
};

void tty_init(struct tty *tty, uint64_t rdev, const struct tty_driver *driver, void *wire);
/* Makes it known by its device number and as /dev/NAME. Bring-up only. */
void tty_register(struct tty *tty, const char *name, uint32_t permissions);

/* For drivers: input; with the lock held. */
void tty_receive(struct tty *tty, const uint8_t *bytes, size_t n);
/* Gives the lock back, then sends the signals and wakes the readers that input asked for. */
void tty_unlock(struct tty *tty);
/* Output has room again; without the lock. */
static inline void tty_writable(struct tty *tty)
{
    wake_all(&tty->writable);
}

bool tty_hung_up(const struct file *file);
/* Waits until all output has left; 0, -ERESTARTSYS, -EIO. */
int tty_drain(struct file *file);
long tty_ioctl(struct file *file, uint64_t request, uaddr_t arg);

/* tty_job.c: may the caller's group do this now? 0, -EIO, -ERESTARTSYS after SIGTTIN or SIGTTOU. */
int tty_job_check(struct tty *tty, int signal);
void tty_job_opened(struct tty *tty, const struct file *file);
long tty_job_ioctl(struct tty *tty, uint64_t request, uaddr_t arg);

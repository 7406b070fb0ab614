/* /dev/kmsg: the kernel's log for programs, and the wait for new records.
 *
 * klog() may be called with any lock held, so it cannot wake a reader. Instead, while /dev/kmsg is
 * open or a call of syslog waits, a timer looks ten times a second if there are new records. A
 * reader adds itself to the queue and starts the timer before it looks the last time, so that it
 * does not miss a record. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "abi/fcntl.h"
#include "abi/poll.h"
#include "annex.h"
#include "dev/devices.h"
#include "records.h"
#include "syscall_calls.h"

#define LOOK_NS 100000000
enum { KMSG_MINOR = 11 };
#define USER_PRIORITY \
    (1 << 3 | LEVEL_WARNING) /* of a record that a program writes without a priority */

/* A record and its text: too large for the kernel's stack. */
struct shown {
    struct log_record record;
    size_t length;
    char text[4096]; /* room for LOG_TEXT letters, each as \x00, and the rest of the line */
};

/* An open file of /dev/kmsg. */
struct reader {
    struct mutex lock;      /* rank RANK_TTY: held while a read takes a record */
    struct log_place place; /* guarded by lock */
};

static struct wait_queue readable = WAIT_QUEUE(readable);
static struct timer look;
static uint64_t seen;               /* used by look_fire only: the end when it looked last */
static uint32_t watched, n_readers; /* atomic: is the timer set; how many may need it */

/* ---- Waiting ---- */

/* Sets the timer, unless it is set. */
static void watch(void)
{
    if (!__atomic_exchange_n(&watched, 1, __ATOMIC_SEQ_CST))
        timer_set(&look, clock_ns() + LOOK_NS);
}

static void look_fire(struct timer *timer)
{
    uint64_t now = log_end().seq;
    (void)timer;
    __atomic_store_n(&watched, 0, __ATOMIC_SEQ_CST);
    if (now != seen)
        wake_all(&readable);
    seen = now;
    if (__atomic_load_n(&n_readers, __ATOMIC_SEQ_CST) > 0)
        watch();
}

int kmsg_await(struct log_place place)
{
    struct waiter waiter;
    int err = 0;
    wait_begin();
    waiter_add(&waiter, &readable);
    __atomic_fetch_add(&n_readers, 1, __ATOMIC_SEQ_CST);
    watch();
    if (log_next(&place, NULL) == LOG_NONE)
        err = wait_sleep(WAIT_SIGNALS, NO_DEADLINE, "kmsg");
    else
        wait_begin(); /* what came meanwhile is not for the next sleep */
    __atomic_fetch_sub(&n_readers, 1, __ATOMIC_SEQ_CST);
    waiter_remove(&waiter);
    return err ? -ERESTARTSYS : 0;
}

/* ---- /dev/kmsg ---- */

/* Writes one letter of a record; as \x0a if it is special or not printable. */
static size_t put_letter(char *out, uint8_t letter)
{
    static const char digits[] = "0123456789abcdef";
    if (letter >= ' ' && letter < 127 && letter != '\\') {
        *out = (char)letter;
        return 1;
    }
    memcpy(out, "\\x", 2);
    out[2] = digits[letter >> 4];
    out[3] = digits[letter & 15];
    return 4;
}

static void as_kmsg(struct shown *shown)
{
    const struct log_record *record = &shown->record;
    size_t n = format(shown->text, sizeof(shown->text), "%u,%lu,%lu,-;", record->priority,
                      record->seq, record->ns / 1000);
    for (size_t i = 0; i < record->length; i++)
        n += put_letter(shown->text + n, (uint8_t)record->text[i]);
    shown->text[n++] = '\n';
    shown->length = n;
}

/* Gives the next record to a read. The number of bytes; -EAGAIN; -EPIPE after a gap; -EINVAL if the
 * buffer is too small: the record is skipped then, as on Linux. Lock: reader->lock held. */
static long take(struct reader *reader, struct shown *shown, struct uio *uio)
{
    switch (log_next(&reader->place, &shown->record)) {
    case LOG_NONE: return -EAGAIN;
    case LOG_LOST: return -EPIPE;
    case LOG_FOUND: break;
    }
    as_kmsg(shown);
    if (shown->length > uio->left)
        return -EINVAL;
    return uio_put(uio, shown->text, shown->length) < shown->length ? -EFAULT : (long)shown->length;
}

static long kmsg_read(struct file *file, struct uio *uio, uint64_t *pos)
{
    struct reader *reader = file->private_data;
    struct shown *shown = kmalloc(sizeof(*shown));
    long result = shown ? -EAGAIN : -ENOMEM;
    (void)pos;
    while (result == -EAGAIN) {
        mutex_lock(&reader->lock);
        result = take(reader, shown, uio);
        struct log_place place = reader->place;
        mutex_unlock(&reader->lock);
        if (result != -EAGAIN || uio->nonblocking)
            break;
        int err = kmsg_await(place);
        result = err ? err : -EAGAIN;
    }
    kfree(shown);
    return result;
}

/* Adds to the log what a program wrote; "<N>" at the start is its priority. */
static void say(const char *text, size_t n)
{
    unsigned priority = USER_PRIORITY, value = 0;
    size_t at = 1;
    while (at < n && text[0] == '<' && text[at] >= '0' && text[at] <= '9' && value < 1 << 20)
        value = value * 10 + (text[at++] - '0');
    if (at < n && text[0] == '<' && text[at] == '>') {
        priority = (value % 8) | (value / 8 ? value / 8 % 0x20000 * 8 : USER_PRIORITY & ~7u);
        text += at + 1;
        n -= at + 1;
    }
    const char *nul = memchr(text, 0, n);
    n = nul ? (size_t)(nul - text) : n;
    n -= n > 0 && text[n - 1] == '\n';
    log_add(priority, text, n);
    wake_all(&readable);
}

/* One write is one record. */
static long kmsg_write(struct file *file, struct uio *uio, uint64_t *pos)
{
    size_t wanted = uio->left;
    (void)file, (void)pos;
    if (wanted > LOG_TEXT)
        return -EINVAL;
    char *text = kmalloc(LOG_TEXT);
    if (!text)
        return -ENOMEM;
    size_t n = uio_get(uio, text, wanted);
    if (n == wanted)
        say(text, n);
    kfree(text);
    return n == wanted ? (long)n : -EFAULT;
}

/* Moves to the oldest record, to the first since the log was cleared, or past the last. */
static long kmsg_seek(struct file *file, int64_t offset, int whence)
{
    struct reader *reader = file->private_data;
    if (offset)
        return -ESPIPE;
    if (whence != SEEK_SET && whence != SEEK_DATA && whence != SEEK_END)
        return -EINVAL;
    mutex_lock(&reader->lock);
    reader->place = whence == SEEK_SET    ? log_oldest()
                    : whence == SEEK_DATA ? log_cleared()
                                          : log_end();
    mutex_unlock(&reader->lock);
    return 0;
}

static uint32_t kmsg_poll(struct file *file, struct poll_table *table)
{
    struct reader *reader = file->private_data;
    poll_add(table, &readable);
    watch();
    mutex_lock(&reader->lock);
    struct log_place place = reader->place;
    mutex_unlock(&reader->lock);
    switch (log_next(&place, NULL)) {
    case LOG_NONE: return 0;
    case LOG_LOST: return POLLIN | POLLRDNORM | POLLERR | POLLPRI;
    case LOG_FOUND: break;
    }
    return POLLIN | POLLRDNORM;
}

static void kmsg_release(struct file *file)
{
    __atomic_fetch_sub(&n_readers, 1, __ATOMIC_SEQ_CST);
    kfree(file->private_data);
}

static const struct file_ops kmsg_ops = {
    .read = kmsg_read,
    .write = kmsg_write,
    .seek = kmsg_seek,
    .poll = kmsg_poll,
    .release = kmsg_release,
};

static int kmsg_open(struct inode *inode, struct file *file)
{
    struct reader *reader = kmalloc(sizeof(*reader));
    (void)inode;
    if (!reader)
        return -ENOMEM;
    mutex_init(&reader->lock, "kmsg", RANK_TTY);
    reader->place = log_oldest();
    __atomic_fetch_add(&n_readers, 1, __ATOMIC_SEQ_CST);
    file->private_data = reader;
    file->ops = &kmsg_ops;
    return 0;
}

static void start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    timer_init(&look, look_fire);
    device_register(&(struct device){MEMORY_MAJOR, KMSG_MINOR, "kmsg", 0644, 0, kmsg_open});
    syslog_init();
}

ANNEX(kmsg, ANNEX_DEVICES, start);

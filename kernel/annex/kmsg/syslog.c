/* syslog(2): the kernel's log as dmesg and klogd read it. */
/* SPDX-License-Identifier: MIT */
#include "abi/errno.h"
#include "dev/devices.h"
#include "records.h"
#include "syscall_calls.h"

enum {
    ACTION_CLOSE,
    ACTION_OPEN,
    ACTION_READ,
    ACTION_READ_ALL,
    ACTION_READ_CLEAR,
    ACTION_CLEAR,
    ACTION_CONSOLE_OFF,
    ACTION_CONSOLE_ON,
    ACTION_CONSOLE_LEVEL,
    ACTION_SIZE_UNREAD,
    ACTION_SIZE_BUFFER,
    LEVEL_LEAST = 1,
    LEVEL_MOST = 8,
    STAMP_ROOM = 48, /* "<4294967295>[1234567890.123456] " and the newline */
};

/* A record, and its lines with priority and time: too large for the kernel's stack. */
struct lines {
    struct log_record record;
    size_t length;
    char text[2048];
};

/* How far ACTION_READ has come: each record is read only once. */
static struct mutex receiver;  /* rank RANK_TTY */
static struct log_place taken; /* guarded by receiver */
static size_t taken_bytes;     /* guarded by receiver: how much of the next record was read */
static unsigned level_before;  /* atomic: the level at CONSOLE_OFF, for CONSOLE_ON; 0: none */

/* Gets the next record as text: each line of it begins with priority and time. What does not fit is
 * cut off. */
static enum log_found next_lines(struct log_place *place, struct lines *lines)
{
    struct log_record *record = &lines->record;
    enum log_found found = log_next(place, record);
    if (found != LOG_FOUND)
        return found;
    const char *at = record->text, *end = record->text + record->length;
    lines->length = 0;
    do {
        const char *stop = memchr(at, '\n', end - at);
        size_t n = (stop ? stop : end) - at;
        if (lines->length + STAMP_ROOM + n > sizeof(lines->text))
            break;
        lines->length +=
            format(lines->text + lines->length, STAMP_ROOM, "<%u>[%5lu.%06lu] ", record->priority,
                   record->ns / 1000000000, record->ns / 1000 % 1000000);
        memcpy(lines->text + lines->length, at, n);
        lines->length += n;
        lines->text[lines->length++] = '\n';
        at += n + 1;
    } while (at < end);
    return LOG_FOUND;
}

/* The same, over gaps. False at the end, or when the caller is killed. */
static bool pass_lines(struct log_place *place, uint64_t end, struct lines *lines)
{
    enum log_found found = LOG_LOST;
    while (found == LOG_LOST && place->seq < end)
        found = next_lines(place, lines);
    return found == LOG_FOUND && thread_resched(lines->length);
}

/* The length of the text of all records from a place to the end. */
static size_t measure(struct log_place place, uint64_t end, struct lines *lines)
{
    size_t total = 0;
    while (pass_lines(&place, end, lines))
        total += lines->length;
    return total;
}

/* Copies the newest records since the log was cleared, as many as fit, and clears the log if asked
 * to. */
static long read_all(struct uio *uio, bool clear, struct lines *lines)
{
    struct log_place place = log_cleared();
    uint64_t end = log_end().seq;
    size_t room = uio->left, total = measure(place, end, lines);
    while (total > room && pass_lines(&place, end, lines))
        total -= min(total, lines->length);
    while (pass_lines(&place, end, lines) && lines->length <= uio->left)
        if (uio_put(uio, lines->text, lines->length) < lines->length)
            return -EFAULT;
    if (clear)
        log_clear();
    return (long)(room - uio->left);
}

/* Reads what there is and fits, perhaps only a part of a record. Lock: receiver held. */
static long take(struct uio *uio, struct lines *lines)
{
    size_t wanted = uio->left;
    while (uio->left > 0) {
        struct log_place place = taken;
        enum log_found found = next_lines(&place, lines);
        if (found == LOG_NONE)
            break;
        size_t skip = min(taken_bytes, lines->length), n = min(lines->length - skip, uio->left);
        if (found == LOG_FOUND && uio_put(uio, lines->text + skip, n) < n)
            return -EFAULT;
        taken_bytes = found == LOG_LOST || skip + n == lines->length ? 0 : skip + n;
        if (!taken_bytes)
            taken = place;
        if (!thread_resched(n))
            break;
    }
    return (long)(wanted - uio->left);
}

static long read_once(struct uio *uio, struct lines *lines)
{
    for (;;) {
        mutex_lock(&receiver);
        long n = take(uio, lines);
        struct log_place place = taken;
        mutex_unlock(&receiver);
        if (n != 0)
            return n;
        int err = kmsg_await(place);
        if (err)
            return err;
    }
}

static long size_unread(struct lines *lines)
{
    mutex_lock(&receiver);
    size_t n = measure(taken, log_end().seq, lines);
    n -= min(n, taken_bytes);
    mutex_unlock(&receiver);
    return (long)n;
}

/* Performs the actions that read records. */
static long look(int type, uaddr_t buf, int len, struct lines *lines)
{
    struct kvec kvec;
    struct uio uio;
    if (type == ACTION_SIZE_UNREAD)
        return size_unread(lines);
    if (uaddr_is_null(buf) || len < 0)
        return -EINVAL;
    uio_init_user(&uio, &kvec, buf, len);
    if (len == 0)
        return 0;
    return type == ACTION_READ ? read_once(&uio, lines)
                               : read_all(&uio, type == ACTION_READ_CLEAR, lines);
}

static long set_level(int level)
{
    if (level < LEVEL_LEAST || level > LEVEL_MOST)
        return -EINVAL;
    __atomic_store_n(&level_before, 0, __ATOMIC_RELAXED);
    log_set_level((unsigned)level);
    return 0;
}

/* Switches the output on the port off, except for emergencies, or on again. */
static long switch_port(bool on)
{
    unsigned before = on ? __atomic_exchange_n(&level_before, 0, __ATOMIC_RELAXED) : LEVEL_LEAST;
    if (before == 0)
        return 0;
    before = log_set_level(before);
    if (!on && before != LEVEL_LEAST)
        __atomic_store_n(&level_before, before, __ATOMIC_RELAXED);
    return 0;
}

static bool is_privileged(struct fs_context *fs)
{
    struct cred *cred = fs_cred(fs);
    bool privileged = cred->euid == 0;
    cred_unref(cred);
    return privileged;
}

long sys_syslog(struct fs_context *fs, int type, uaddr_t buf, int len)
{
    bool for_all = type == ACTION_READ_ALL || type == ACTION_SIZE_BUFFER;
    if (!for_all && !is_privileged(fs))
        return -EPERM;
    switch (type) {
    case ACTION_CLOSE:
    case ACTION_OPEN: return 0;
    case ACTION_CLEAR: log_clear(); return 0;
    case ACTION_CONSOLE_OFF:
    case ACTION_CONSOLE_ON: return switch_port(type == ACTION_CONSOLE_ON);
    case ACTION_CONSOLE_LEVEL: return set_level(len);
    case ACTION_SIZE_BUFFER: return LOG_RING;
    case ACTION_READ:
    case ACTION_READ_ALL:
    case ACTION_READ_CLEAR:
    case ACTION_SIZE_UNREAD: break;
    default: return -EINVAL;
    }
    struct lines *lines = kmalloc(sizeof(*lines));
    long result = lines ? look(type, buf, len, lines) : -ENOMEM;
    kfree(lines);
    return result;
}

void syslog_init(void)
{
    mutex_init(&receiver, "syslog", RANK_TTY);
}

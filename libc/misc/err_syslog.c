/* syslog: messages to the kernel's log. There is no daemon that would listen at /dev/log. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define MOST_BYTES 900 /* of a message; /dev/kmsg takes about 1000 at a time */

extern char *program_invocation_short_name;

static const char *log_name;
static int log_options, log_kind = LOG_USER, log_mask = LOG_UPTO(LOG_DEBUG), log_fd = -1;

static void open_log(void)
{
    if (log_fd < 0)
        log_fd = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);
}

void openlog(const char *name, int options, int kind)
{
    log_name = name;
    log_options = options;
    if (kind & LOG_FACMASK)
        log_kind = kind & LOG_FACMASK;
    if (options & LOG_NDELAY)
        open_log();
}

void closelog(void)
{
    if (log_fd >= 0)
        close(log_fd);
    log_fd = -1;
}

int setlogmask(int mask)
{
    int before = log_mask;

    if (mask)
        log_mask = mask;
    return before;
}

static void write_console(const char *text)
{
    int fd = open("/dev/console", O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0)
        return;
    dprintf(fd, "%s\r\n", text);
    close(fd);
}

void vsyslog(int priority, const char *format, va_list args)
{
    char text[MOST_BYTES + 64], process[16] = "";
    int error = errno;

    if (!(log_mask & LOG_MASK(LOG_PRI(priority))))
        return;
    if (!(priority & LOG_FACMASK))
        priority |= log_kind;
    if (log_options & LOG_PID)
        snprintf(process, sizeof(process), "[%d]", getpid());
    int mark = snprintf(text, sizeof(text), "<%d>", priority & (LOG_FACMASK | LOG_PRIMASK));
    int start =
        mark + snprintf(text + mark, 64,
                        "%.40s%s: ", log_name ? log_name : program_invocation_short_name, process);
    errno = error; /* for %m */
    vsnprintf(text + start, MOST_BYTES, format, args);
    size_t length = strlen(text);
    if (text[length - 1] == '\n')
        text[--length] = '\0';
    if (log_options & LOG_PERROR)
        dprintf(STDERR_FILENO, "%s\n", text + mark);
    open_log();
    if ((log_fd < 0 || write(log_fd, text, length) < 0) && log_options & LOG_CONS)
        write_console(text + mark);
    errno = error;
}

void syslog(int priority, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsyslog(priority, format, args);
    va_end(args);
}

/* /dev/kmsg and syslog: the kernel's log, written and read as records and as text.
 * needs: kmsg procfs users poll */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <poll.h>
#include <sys/utsname.h>

enum {
    READ = 2,
    READ_ALL,
    READ_CLEAR,
    CLEAR,
    CONSOLE_OFF,
    CONSOLE_ON,
    CONSOLE_LEVEL,
    SIZE_UNREAD,
    SIZE_BUFFER
};

static long klog(int type, void *buf, int len)
{
    return syscall(SYS_syslog, type, buf, len);
}

/* The next record that this test wrote; "" where there is none. */
static const char *next_of_ours(int fd)
{
    static char record[8192];
    for (;;) {
        ssize_t n = read(fd, record, sizeof record - 1);
        if (n < 0 && errno == EPIPE)
            continue;
        if (n < 0)
            return "";
        record[n] = 0;
        if (strstr(record, "kmsg test"))
            return record;
    }
}

/* Does a record have this priority and text? Between them are its number, its time and its flags.
 */
static bool is_record(const char *record, unsigned priority, const char *text)
{
    unsigned got;
    unsigned long long seq, us;
    int at = 0;
    if (sscanf(record, "%u,%llu,%llu,-%n", &got, &seq, &us, &at) != 3 || !at)
        return false;
    const char *rest = strchr(record + at, ';');
    size_t n = strlen(text);
    return got == priority && rest && strncmp(rest + 1, text, n) == 0 &&
           strcmp(rest + 1 + n, "\n") == 0;
}

/* Writes a record. Linux shows one whose line is not ended only when the next one comes. Each comes
 * by an open file of its own, as Linux takes but ten in five seconds from one. */
static void say(const char *text)
{
    int fd = open("/dev/kmsg", O_WRONLY);
    char line[1000];
    int n = snprintf(line, sizeof line, "%s\n", text);
    if (write(fd, line, n) != n)
        NOTE("cannot write to /dev/kmsg");
    close(fd);
}

static void test_records(int fd)
{
    char small[8];
    say("kmsg test: first");
    CHECK_OK(lseek(fd, 0, SEEK_END));
    say("kmsg test: plain");
    CHECK(is_record(next_of_ours(fd), 12, "kmsg test: plain"));
    say("<3>kmsg test: level");
    CHECK(is_record(next_of_ours(fd), 11, "kmsg test: level"));
    say("<30>kmsg test: facility 3\n");
    CHECK(is_record(next_of_ours(fd), 30, "kmsg test: facility 3\\x0a"));
    say("<x>kmsg test: no level");
    CHECK(is_record(next_of_ours(fd), 12, "<x>kmsg test: no level"));
    say("kmsg test: a\nb\\\t\x7f\xc3\xbc");
    CHECK(is_record(next_of_ours(fd), 12, "kmsg test: a\\x0ab\\x5c\\x09\\x7f\\xc3\\xbc"));
    say("kmsg test: the end");
    CHECK(is_record(next_of_ours(fd), 12, "kmsg test: the end"));
    CHECK_OK(lseek(fd, 0, SEEK_END));
    CHECK_ERR(read(fd, small, sizeof small), EAGAIN);
    say("kmsg test: small");
    CHECK_ERR(read(fd, small, sizeof small), EINVAL);
    CHECK_STR(next_of_ours(fd), "");
    CHECK_OK(lseek(fd, 0, SEEK_SET));
    CHECK(next_of_ours(fd)[0] != 0);
    CHECK_ERR(lseek(fd, 1, SEEK_SET), ESPIPE);
    CHECK_ERR(lseek(fd, 0, SEEK_CUR), EINVAL);
}

static void test_long(int fd)
{
    static char text[5000], wanted[1000];
    memset(text, 'x', sizeof text);
    memcpy(text, "kmsg test: ", 11);
    CHECK_ERR(write(fd, text, sizeof text), EINVAL);
    CHECK_OK(lseek(fd, 0, SEEK_END));
    text[899] = '\n';
    CHECK_EQ(write(fd, text, 900), 900);
    memcpy(wanted, text, 899);
    CHECK(is_record(next_of_ours(fd), 12, wanted));
    CHECK_ERR(write(fd, BAD_LOW, 100), EFAULT);
}

static void test_poll_and_wait(void)
{
    int fd = open("/dev/kmsg", O_RDONLY);
    char record[8192];
    CHECK_OK(lseek(fd, 0, SEEK_END));
    pid_t child = fork();
    if (child == 0) {
        struct pollfd poll_it = {fd, POLLIN, 0};
        if (poll(&poll_it, 1, 60000) != 1 || !(poll_it.revents & POLLIN))
            _exit(1);
        _exit(read(fd, record, sizeof record) > 0 ? 0 : 2);
    }
    CHECK(reaches_state(child, 'S'));
    say("kmsg test: wake up");
    CHECK_EQ(status_of(child), 0);
    CHECK_OK(lseek(fd, 0, SEEK_END));
    if ((child = fork()) == 0)
        _exit(read(fd, record, sizeof record) > 0 ? 0 : 2);
    CHECK(reaches_state(child, 'S'));
    say("kmsg test: wake up again");
    CHECK_EQ(status_of(child), 0);
    close(fd);
}

static void test_syslog(void)
{
    static char text[1 << 20];
    CHECK(klog(SIZE_BUFFER, NULL, 0) >= 4096);
    CHECK_OK(klog(0, NULL, 0));
    CHECK_OK(klog(1, NULL, 0));
    CHECK_ERR(klog(11, text, 1), EINVAL);
    CHECK_ERR(klog(-1, text, 1), EINVAL);
    CHECK_ERR(klog(READ_ALL, NULL, 10), EINVAL);
    CHECK_ERR(klog(READ_ALL, text, -1), EINVAL);
    CHECK_EQ(klog(READ_ALL, text, 0), 0);
    CHECK_ERR(klog(READ_ALL, BAD_LOW, 4096), EFAULT);
    CHECK_OK(klog(CLEAR, NULL, 0));
    say("<5>kmsg test: one\ntwo");
    long n = klog(READ_ALL, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    const char *one = strstr(text, "<13>["), *stamp = one ? strchr(one, ']') : NULL;
    CHECK(stamp && strncmp(stamp, "] kmsg test: one\n<13>[", 22) == 0);
    CHECK(stamp && strstr(stamp, "] two\n"));
    say("kmsg test: three");
    n = klog(READ_ALL, text, 60);
    text[n < 0 ? 0 : n] = 0;
    CHECK(n < 60 && strstr(text, "three\n") && !strstr(text, "two"));
    CHECK(klog(READ_CLEAR, text, sizeof text) > 0);
    say("kmsg test: four");
    n = klog(READ_ALL, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    CHECK(strstr(text, "four") && !strstr(text, "three"));
}

/* READ takes: what it gave does not come again, and a record may come in pieces. */
static void test_taking(void)
{
    static char text[1 << 20];
    say("kmsg test: before");
    while (klog(SIZE_UNREAD, NULL, 0) > 0 && klog(READ, text, sizeof text) > 0)
        ;
    say("kmsg test: in pieces");
    long whole = klog(SIZE_UNREAD, NULL, 0), n = klog(READ, text, 5);
    CHECK_EQ(n, 5);
    CHECK(strncmp(text, "<12>[", 5) == 0);
    CHECK_EQ(klog(SIZE_UNREAD, NULL, 0), whole - 5);
    n = klog(READ, text, sizeof text - 1);
    text[n < 0 ? 0 : n] = 0;
    CHECK(n == whole - 5 && strstr(text, "] kmsg test: in pieces\n"));
    pid_t child = fork();
    if (child == 0)
        _exit(klog(READ, text, sizeof text) > 0 ? 0 : 1);
    CHECK(reaches_state(child, 'S'));
    say("kmsg test: for the child");
    CHECK_EQ(status_of(child), 0);
}

static void test_levels(void)
{
    CHECK_ERR(klog(CONSOLE_LEVEL, NULL, 0), EINVAL);
    CHECK_ERR(klog(CONSOLE_LEVEL, NULL, 9), EINVAL);
    CHECK_OK(klog(CONSOLE_OFF, NULL, 0));
    say("kmsg test: unseen");
    CHECK_OK(klog(CONSOLE_ON, NULL, 0));
}

static void test_rights(void)
{
    static char text[4096];
    const char *restricted = contents("/proc/sys/kernel/dmesg_restrict");
    bool open_to_all = !restricted || restricted[0] == '0';
    become(USER);
    CHECK_ERR(open("/dev/kmsg", O_WRONLY), EACCES);
    CHECK_ERR(klog(READ, text, 10), EPERM);
    CHECK_ERR(klog(CLEAR, NULL, 0), EPERM);
    CHECK_ERR(klog(CONSOLE_LEVEL, NULL, 7), EPERM);
    CHECK_ERR(klog(11, NULL, 0), EPERM);
    long n = klog(READ_ALL, text, sizeof text);
    CHECK(open_to_all ? n > 0 : n < 0 && errno == EPERM);
    n = klog(SIZE_BUFFER, NULL, 0);
    CHECK(open_to_all ? n > 0 : n < 0 && errno == EPERM);
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
    CHECK(open_to_all ? fd >= 0 : fd < 0);
    become_root();
}

/* So many records that the oldest are lost: a slow reader is told once, and goes on. The
 * log of a Linux that people use is left alone. */
static void test_overrun(void)
{
    struct utsname name;
    if (uname(&name) < 0 || strcmp(name.sysname, "Ouros") != 0) {
        SKIP("a reader who was too slow", "this log is somebody's");
        return;
    }
    char text[1000];
    int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK);
    long room = klog(SIZE_BUFFER, NULL, 0);
    memset(text, 'y', 899);
    text[899] = 0;
    memcpy(text, "<7>", 3);
    for (long done = 0; done < room + 100000; done += 900)
        say(text);
    bool told = read(fd, text, sizeof text) < 0 && errno == EPIPE;
    check_verdict(told && read(fd, text, sizeof text) > 0, "a reader who was too slow");
    close(fd);
}

int main(void)
{
    int fd = open("/dev/kmsg", O_RDWR | O_NONBLOCK);
    if (fd < 0 || klog(SIZE_BUFFER, NULL, 0) < 0 || klog(SIZE_UNREAD, NULL, 0) < 0) {
        SKIP("the kernel's log", "not root, or in a container without it");
        return check_done();
    }
    CHECK(fd >= 0);
    test_records(fd);
    test_long(fd);
    test_poll_and_wait();
    test_syslog();
    test_taking();
    test_levels();
    test_rights();
    test_overrun();
    return check_done();
}

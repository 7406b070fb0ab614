/* getpwnam_r and its family, and what syslog writes to standard error. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <grp.h>
#include <pwd.h>
#include <syslog.h>

static void users(void)
{
    struct passwd user, *found;
    char buf[1024];

    CHECK_EQ(getpwnam_r("root", &user, buf, sizeof(buf), &found), 0);
    CHECK(found == &user);
    CHECK_EQ(user.pw_uid, 0);
    CHECK_STR(user.pw_dir, "/root");
    CHECK(user.pw_name >= buf && user.pw_name < buf + sizeof(buf));
    CHECK_EQ(getpwuid_r(0, &user, buf, sizeof(buf), &found), 0);
    CHECK_STR(found->pw_name, "root");
    CHECK_EQ(getpwuid_r(0, &user, buf, 6, &found), ERANGE);
    CHECK(found == NULL);
    CHECK_EQ(getpwnam_r("nobody at all", &user, buf, sizeof(buf), &found), 0);
    CHECK(found == NULL);
}

static void groups(void)
{
    struct group group, *found;
    char buf[1024];

    CHECK_EQ(getgrgid_r(0, &group, buf, sizeof(buf), &found), 0);
    CHECK_STR(found->gr_name, "root");
    CHECK(found->gr_mem != NULL);
    CHECK_EQ(getgrnam_r("root", &group, buf, sizeof(buf), &found), 0);
    CHECK_EQ(group.gr_gid, 0);
    for (size_t size = 0; size < 16; size++)
        if (getgrnam_r("root", &group, buf, size, &found) != ERANGE || found)
            CHECK(!"ERANGE where there is no room for the list");
    CHECK_EQ(getgrnam_r("no group", &group, buf, sizeof(buf), &found), 0);
    CHECK(found == NULL);
}

/* The log itself is the machine's; standard error is a pipe. */
static void log_messages(void)
{
    char text[256] = "", wanted[256];
    int ends[2], saved = dup(2);

    CHECK_OK(pipe(ends));
    dup2(ends[1], 2);
    openlog("test", LOG_PID | LOG_PERROR, LOG_USER);
    CHECK_EQ(setlogmask(LOG_UPTO(LOG_INFO)), 0xff);
    errno = ENOENT;
    syslog(LOG_DEBUG, "one: %m\n");
    syslog(LOG_DEBUG | LOG_DAEMON, "not seen");
    syslog(LOG_INFO, "two %d: %m", 2);
    CHECK_EQ(setlogmask(0), LOG_UPTO(LOG_INFO));
    closelog();
    dup2(saved, 2);
    close(saved);
    close(ends[1]);
    CHECK(read(ends[0], text, sizeof(text) - 1) > 0);
    close(ends[0]);
    snprintf(wanted, sizeof(wanted), "test[%d]: two 2: No such file or directory\n", getpid());
    CHECK_STR(text, wanted);
}

int main(void)
{
    users();
    groups();
    log_messages();
    return check_done();
}

/* /proc/PID/oom_score_adj, oom_adj and oom_score: values, who may lower them, fork and exec.
 * needs: procfs users oom */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"

static int number_in(const char *name)
{
    char path[64], text[32] = "";
    snprintf(path, sizeof path, "/proc/self/%s", name);
    int fd = open(path, O_RDONLY), n = 9999;
    if (fd >= 0 && read(fd, text, sizeof text - 1) > 0)
        n = atoi(text);
    close(fd);
    return n;
}

/* 0, or errno. */
static int put(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY);
    if (fd < 0)
        return errno;
    ssize_t n = write(fd, text, strlen(text));
    int error = n == (ssize_t)strlen(text) ? 0 : n < 0 ? errno : -1;
    close(fd);
    return error;
}

#define ADJ "/proc/self/oom_score_adj"

static void check_values(void)
{
    CHECK_EQ(put(ADJ, "500"), 0);
    CHECK_EQ(number_in("oom_score_adj"), 500);
    CHECK_EQ(put(ADJ, " 600 \n"), 0);
    CHECK_EQ(number_in("oom_score_adj"), 600);
    CHECK_EQ(put(ADJ, "1000\n"), 0);
    CHECK_EQ(number_in("oom_score_adj"), 1000);
    CHECK_EQ(put(ADJ, "1001"), EINVAL);
    CHECK_EQ(put(ADJ, "-1001"), EINVAL);
    CHECK_EQ(put(ADJ, "9999999999"), ERANGE);
    CHECK_EQ(put(ADJ, "ten"), EINVAL);
    CHECK_EQ(put(ADJ, "1 2"), EINVAL);
    CHECK_EQ(put(ADJ, "-"), EINVAL);
    CHECK_EQ(number_in("oom_score_adj"), 1000);
    CHECK(number_in("oom_score") >= 1000);
    CHECK(number_in("oom_score") <= 2000);
}

static void check_inheritance(void)
{
    CHECK_CHILD("fork and exec keep it", {
        CHILD_REQUIRE(number_in("oom_score_adj") == 1000);
        execl("/proc/self/exe", "oom", "tell", (char *)NULL);
        _exit(1);
    });
}

/* Root in a container may lack CAP_SYS_RESOURCE. */
static bool may_lower(const char *what)
{
    if (!as_root(what))
        return false;
    if (put(ADJ, "-1") == 0)
        return true;
    SKIP(what, "may not lower oom_score_adj");
    return false;
}

static void check_old_scale(void)
{
    CHECK_EQ(number_in("oom_adj"), 15);
    CHECK_EQ(put("/proc/self/oom_adj", "16"), EINVAL);
    CHECK_EQ(put("/proc/self/oom_adj", "-18"), EINVAL);
    if (!may_lower("lower values: child's wait status"))
        return;
    CHECK_CHILD("lower values", {
        CHILD_REQUIRE(put("/proc/self/oom_adj", "8") == 0);
        CHILD_REQUIRE(number_in("oom_score_adj") == 470);
        CHILD_REQUIRE(number_in("oom_adj") == 7); /* as it is rounded twice */
        CHILD_REQUIRE(put("/proc/self/oom_adj", "-17") == 0);
        CHILD_REQUIRE(number_in("oom_score_adj") == -1000);
        CHILD_REQUIRE(number_in("oom_score") == 0);
    });
}

/* Down to what root has set, a user may lower it. */
static void check_rights(void)
{
    if (!may_lower("a user lowers it to what root set: child's wait status"))
        return;
    CHECK_CHILD("a user lowers it to what root set", {
        CHILD_REQUIRE(put(ADJ, "100") == 0);
        int fd = open("/proc/self/oom_score_adj", O_WRONLY);
        CHILD_REQUIRE(setresuid(USER, USER, USER) == 0);
        CHILD_REQUIRE(put("/proc/1/oom_score_adj", "500") == EACCES);
        CHILD_REQUIRE(write(fd, "99", 2) == -1 && errno == EACCES);
        CHILD_REQUIRE(write(fd, "300", 3) == 3);
        CHILD_REQUIRE(number_in("oom_score_adj") == 300);
        CHILD_REQUIRE(write(fd, "100", 3) == 3);
        CHILD_REQUIRE(number_in("oom_score_adj") == 100);
        CHILD_REQUIRE(write(fd, "-1000", 5) == -1 && errno == EACCES);
    });
}

int main(int argc, char **argv)
{
    if (argc > 1 && argv)
        return number_in("oom_score_adj") != 1000;
    check_values();
    check_inheritance();
    check_old_scale();
    check_rights();
    return check_done();
}

/* prctl: what programs ask for at their start, and what no kernel knows.
 * needs: settings */
/* SPDX-License-Identifier: MIT */
#include "helpers.h"
#include <sys/prctl.h>

static void check_timer_slack(void)
{
    CHECK_EQ(prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0), 0);
    long usual = prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0);
    CHECK(usual > 0);
    CHECK_EQ(prctl(PR_SET_TIMERSLACK, 123456, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0), 123456);
    CHECK_CHILD("a child begins with its parent's, and comes back to that", {
        CHILD_REQUIRE(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == 123456);
        CHILD_REQUIRE(prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == 1);
        CHILD_REQUIRE(prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0) == 0);
        CHILD_REQUIRE(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == 123456);
    });
    CHECK_EQ(prctl(PR_SET_TIMERSLACK, 0, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_GET_TIMERSLACK, 0, 0, 0, 0) == usual, 1);
}

static void check_told(void)
{
    enum { GET_TIMING = 13, SET_TIMING = 14, GET_TSC = 25, SET_TSC = 26, GET_SECUREBITS = 27 };
    int mode = -1;
    CHECK_EQ(prctl(GET_TIMING, 0, 0, 0, 0), 0);
    CHECK_EQ(prctl(SET_TIMING, 0, 0, 0, 0), 0);
    CHECK_ERR(prctl(SET_TIMING, 1, 0, 0, 0), EINVAL);
    CHECK_EQ(prctl(GET_TSC, &mode, 0, 0, 0), 0);
    CHECK_EQ(mode, 1);
    CHECK_EQ(prctl(SET_TSC, 1, 0, 0, 0), 0);
    CHECK_ERR(prctl(SET_TSC, 3, 0, 0, 0), EINVAL);
    CHECK_ERR(prctl(GET_TSC, BAD_KERNEL, 0, 0, 0), EFAULT);
    CHECK_EQ(prctl(PR_CAPBSET_READ, 0, 0, 0, 0), 1);
    CHECK_EQ(prctl(PR_CAPBSET_READ, 40, 0, 0, 0), 1);
    CHECK_ERR(prctl(PR_CAPBSET_READ, 64, 0, 0, 0), EINVAL);
    CHECK_EQ(prctl(GET_SECUREBITS, 0, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0), 0);
    CHECK_EQ(prctl(GET_SECUREBITS, 0, 0, 0, 0), 16);
    CHECK_EQ(prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0), 0);
    int word, *at = NULL;
    CHECK_EQ(syscall(SYS_set_tid_address, &word) == getpid(), 1);
    CHECK_EQ(prctl(PR_GET_TID_ADDRESS, &at, 0, 0, 0), 0);
    CHECK(at == &word);
    CHECK_ERR(prctl(9999, 0, 0, 0, 0), EINVAL);
    syscall(SYS_set_tid_address, NULL);
}

int main(void)
{
    check_timer_slack();
    check_told();
    return check_done();
}

/* The kernel's log: actions 0 to 10 of syslog(2), as on Linux. */
/* SPDX-License-Identifier: MIT */
#pragma once

int klogctl(int type, char *buf, int len);

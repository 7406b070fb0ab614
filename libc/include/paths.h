/* Where well-known files are. */
/* SPDX-License-Identifier: MIT */
#pragma once

#define _PATH_BSHELL  "/bin/sh"
#define _PATH_CONSOLE "/dev/console"
#define _PATH_DEFPATH "/bin:/usr/bin"
#define _PATH_STDPATH "/bin:/usr/bin:/sbin:/usr/sbin"
#define _PATH_DEVNULL "/dev/null"
#define _PATH_TTY     "/dev/tty"
#define _PATH_DEV     "/dev/"
#define _PATH_TMP     "/tmp/"
#define _PATH_MOUNTED "/etc/mtab"

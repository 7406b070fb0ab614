/* Sizes of the integer types, and the limits that POSIX lets a program ask for. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include <abi/limits.h>

#define CHAR_BIT   8
#define SCHAR_MIN  (-128)
#define SCHAR_MAX  127
#define UCHAR_MAX  255
#define CHAR_MIN   SCHAR_MIN
#define CHAR_MAX   SCHAR_MAX
#define SHRT_MIN   (-1 - 0x7fff)
#define SHRT_MAX   0x7fff
#define USHRT_MAX  0xffff
#define INT_MIN    (-1 - 0x7fffffff)
#define INT_MAX    0x7fffffff
#define UINT_MAX   0xffffffffU
#define LONG_MIN   (-1 - 0x7fffffffffffffffL)
#define LONG_MAX   0x7fffffffffffffffL
#define ULONG_MAX  0xffffffffffffffffUL
#define LLONG_MIN  (-1 - 0x7fffffffffffffffLL)
#define LLONG_MAX  0x7fffffffffffffffLL
#define ULLONG_MAX 0xffffffffffffffffULL
#define SSIZE_MAX  LONG_MAX
#define MB_LEN_MAX 4
#define WORD_BIT   32
#define LONG_BIT   64

#define LOGIN_NAME_MAX 256
#define SYMLOOP_MAX    SYMLINK_FOLLOW_MAX
#define LINE_MAX       2048
#define NZERO          20
#define OPEN_MAX       1024
#define STREAM_MAX     1024
#define RTSIG_MAX      32
#define PAGESIZE       4096
#define PAGE_SIZE      4096

#define PTHREAD_KEYS_MAX              128
#define PTHREAD_DESTRUCTOR_ITERATIONS 4
#define PTHREAD_STACK_MIN             16384
#define SEM_VALUE_MAX                 0x7fffffff

#define _POSIX_ARG_MAX       4096
#define _POSIX_CHILD_MAX     25
#define _POSIX_LINK_MAX      8
#define _POSIX_NAME_MAX      14
#define _POSIX_NGROUPS_MAX   8
#define _POSIX_OPEN_MAX      20
#define _POSIX_PATH_MAX      256
#define _POSIX_PIPE_BUF      512
#define _POSIX_SYMLOOP_MAX   8
#define _POSIX_HOST_NAME_MAX 255

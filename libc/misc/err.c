/* Messages with the program's name and the last error. */
/* SPDX-License-Identifier: MIT */
#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void message(const char *format, va_list args, const char *error)
{
    fprintf(stderr, "%s: ", program_invocation_short_name);
    if (format)
        vfprintf(stderr, format, args);
    if (format && error)
        fputs(": ", stderr);
    fprintf(stderr, "%s\n", error ? error : "");
}

void vwarn(const char *format, va_list args)
{
    message(format, args, strerror(errno));
}

void vwarnx(const char *format, va_list args)
{
    message(format, args, NULL);
}

void warn(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vwarn(format, args);
    va_end(args);
}

void warnx(const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vwarnx(format, args);
    va_end(args);
}

_Noreturn void err(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vwarn(format, args);
    va_end(args);
    exit(status);
}

_Noreturn void errx(int status, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vwarnx(format, args);
    va_end(args);
    exit(status);
}

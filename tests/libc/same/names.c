/* What a program may ask for by name: sysconf's limits, and syslog.h's lists of names. */
/* SPDX-License-Identifier: MIT */
#define SYSLOG_NAMES
#include <errno.h>
#include <stdio.h>
#include <syslog.h>
#include <unistd.h>

#define NUMBER(name) printf("%s is number %d\n", #name, name)
#define VALUE(name)  value_of(#name, name)

static void value_of(const char *text, int name)
{
    printf("%s is number %d\n", text, name);
    errno = 0;
    printf("%s: %ld", text, sysconf(name));
    printf(", errno %d\n", errno);
}

static void limits(void)
{
    VALUE(_SC_CLK_TCK);
    VALUE(_SC_NGROUPS_MAX);
    VALUE(_SC_TZNAME_MAX);
    VALUE(_SC_PAGESIZE);
    VALUE(_SC_PAGE_SIZE);
    VALUE(_SC_RTSIG_MAX);
    VALUE(_SC_SEM_VALUE_MAX);
    VALUE(_SC_LINE_MAX);
    VALUE(_SC_RE_DUP_MAX);
    VALUE(_SC_IOV_MAX);
    VALUE(_SC_UIO_MAXIOV);
    VALUE(_SC_GETGR_R_SIZE_MAX);
    VALUE(_SC_GETPW_R_SIZE_MAX);
    VALUE(_SC_LOGIN_NAME_MAX);
    VALUE(_SC_TTY_NAME_MAX);
    VALUE(_SC_THREAD_DESTRUCTOR_ITERATIONS);
    VALUE(_SC_THREAD_STACK_MIN);
    VALUE(_SC_HOST_NAME_MAX);
    VALUE(9999);
}

static void options(void)
{
    VALUE(_SC_JOB_CONTROL);
    VALUE(_SC_SAVED_IDS);
    VALUE(_SC_FSYNC);
    VALUE(_SC_MAPPED_FILES);
    VALUE(_SC_SEMAPHORES);
    VALUE(_SC_VERSION);
    VALUE(_SC_THREADS);
    VALUE(_SC_THREAD_SAFE_FUNCTIONS);
    VALUE(_SC_BARRIERS);
    VALUE(_SC_MONOTONIC_CLOCK);
    VALUE(_SC_READER_WRITER_LOCKS);
    VALUE(_SC_SPIN_LOCKS);
    VALUE(_SC_REGEXP);
    VALUE(_SC_SHELL);
    VALUE(_SC_SPAWN);
}

/* Their values are the machine's or the library's own. */
static void numbers(void)
{
    NUMBER(_SC_ARG_MAX);
    NUMBER(_SC_CHILD_MAX);
    NUMBER(_SC_OPEN_MAX);
    NUMBER(_SC_STREAM_MAX);
    NUMBER(_SC_THREAD_KEYS_MAX);
    NUMBER(_SC_NPROCESSORS_CONF);
    NUMBER(_SC_NPROCESSORS_ONLN);
    NUMBER(_SC_PHYS_PAGES);
    NUMBER(_SC_AVPHYS_PAGES);
    NUMBER(_SC_SYMLOOP_MAX);
}

static void list(const char *what, const CODE *code)
{
    for (; code->c_name; code++)
        printf("%s: %s is %#x\n", what, code->c_name, (unsigned)code->c_val);
    printf("%s: the end is %d\n", what, code->c_val);
}

int main(void)
{
    limits();
    options();
    numbers();
    list("urgency", prioritynames);
    list("kind", facilitynames);
}

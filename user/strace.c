/* strace: shows the system calls that a program makes and the signals that it gets. A write to
 * /proc/PID/trace makes the kernel write a line for each of them into a pipe; strace selects,
 * counts and prints these lines. */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static const char usage[] =
    "usage: strace [-fcCT] [-e trace=[!]CALL,...] [-e signal=none] [-o FILE] [-E NAME=VALUE]\n"
    "              -p PID | PROGRAM [ARG...]\n"
    "  -f  children and threads too     -c  count calls instead    -C  show and count\n"
    "  -T  how long each call took      -e  only these calls       -o  into a file\n";

enum { MAX_CALLS = 512, MAX_LINE = 8192 };

static struct {
    bool follow, count, show, times, no_signals;
    bool all_but;       /* `calls` names the calls that are not shown */
    const char *calls;  /* separated by commas; NULL: all */
    const char *output; /* its name, or NULL */
    int pid;
} options = {.show = true};

static struct count {
    char name[32];
    unsigned long calls, errors, ns;
} counts[MAX_CALLS];
static size_t n_counts;

static FILE *output;
static int first_tid;
static bool several; /* more than one thread has been seen */

static _Noreturn void fail(const char *what)
{
    fprintf(stderr, "strace: %s: %s\n", what, strerror(errno));
    exit(1);
}

/* ---- Selection ---- */

static bool is_listed(const char *name, size_t length)
{
    for (const char *at = options.calls; at; at = strchr(at, ',')) {
        at += *at == ',';
        size_t n = strcspn(at, ",");
        if ((n == length && memcmp(at, name, n) == 0) || (n == 3 && memcmp(at, "all", 3) == 0))
            return true;
    }
    return false;
}

static bool is_wanted(const char *text)
{
    if (text[0] == '-')
        return !options.no_signals;
    if (text[0] == '+' || !options.calls)
        return true;
    return is_listed(text, strcspn(text, "(")) != options.all_but;
}

/* "trace=LIST", "LIST", "signal=none": the expressions of strace that are understood here. */
static void take_expression(const char *word)
{
    if (strcmp(word, "signal=none") == 0) {
        options.no_signals = true;
        return;
    }
    if (strncmp(word, "trace=", 6) == 0)
        word += 6;
    if (strchr(word, '=') || strchr(word, '%')) {
        fprintf(stderr, "strace: -e %s is not known\n%s", word, usage);
        exit(1);
    }
    options.all_but = *word == '!';
    options.calls = word + options.all_but;
}

/* ---- Output ---- */

/* Prints the thread id at the start of a line if there may be several threads, in the form that
 * strace uses for a file or for a screen. */
static void print_who(int tid)
{
    if (options.follow && options.output)
        fprintf(output, "%-5d ", tid);
    else if (several)
        fprintf(output, "[pid %5d] ", tid);
}

static void print_line(int tid, unsigned long ns, const char *text)
{
    print_who(tid);
    fputs(text, output);
    if (options.times && isalpha((unsigned char)text[0]))
        fprintf(output, " <%lu.%06lu>", ns / 1000000000, ns / 1000 % 1000000);
    fputc('\n', output);
}

static void count_call(unsigned long ns, const char *text)
{
    size_t i, length = strcspn(text, "(");
    if (!isalpha((unsigned char)text[0]) || length >= sizeof counts[0].name)
        return;
    for (i = 0; i < n_counts; i++)
        if (strncmp(counts[i].name, text, length) == 0 && !counts[i].name[length])
            break;
    if (i == MAX_CALLS)
        return;
    if (i == n_counts)
        memcpy(counts[n_counts++].name, text, length);
    counts[i].calls++;
    counts[i].ns += ns;
    const char *result = strstr(text, ") ");
    for (const char *next = result; next; next = strstr(next + 1, ") "))
        result = next[2] == ' ' || next[2] == '=' ? next : result;
    if (result && strstr(result, "= -1 E"))
        counts[i].errors++;
}

static int by_time(const void *a, const void *b)
{
    const struct count *one = a, *other = b;
    return one->ns < other->ns ? 1 : one->ns > other->ns ? -1 : strcmp(one->name, other->name);
}

static void print_count(const struct count *count, unsigned long all_ns, const char *name)
{
    char errors[24] = "";
    unsigned long us = count->ns / 1000, hundredths = all_ns ? count->ns * 10000 / all_ns : 0;
    if (count->errors)
        snprintf(errors, sizeof errors, "%lu", count->errors);
    fprintf(output, "%3lu.%02lu %4lu.%06lu %11lu %9lu %9s %s\n", hundredths / 100, hundredths % 100,
            us / 1000000, us % 1000000, us / (count->calls ? count->calls : 1), count->calls,
            errors, name);
}

static void print_counts(void)
{
    static const char rule[] =
        "------ ----------- ----------- --------- --------- ----------------";
    struct count total = {.calls = 0};
    qsort(counts, n_counts, sizeof counts[0], by_time);
    for (size_t i = 0; i < n_counts; i++) {
        total.calls += counts[i].calls;
        total.errors += counts[i].errors;
        total.ns += counts[i].ns;
    }
    fprintf(output, "%% time     seconds  usecs/call     calls    errors syscall\n%s\n", rule);
    for (size_t i = 0; i < n_counts; i++)
        print_count(&counts[i], total.ns, counts[i].name);
    fprintf(output, "%s\n", rule);
    print_count(&total, total.ns, "total");
}

/* Handles one line from the kernel: "TID NANOSECONDS TEXT". */
static void take_line(char *line)
{
    char *text;
    int tid = strtol(line, &text, 10);
    unsigned long ns = strtoul(text, &text, 10);
    text += *text == ' ';
    first_tid = first_tid ? first_tid : tid;
    several |= tid != first_tid;
    if (is_wanted(text)) {
        if (options.count)
            count_call(ns, text);
        if (options.show)
            print_line(tid, ns, text);
    }
}

static void take_lines(int from)
{
    static char line[MAX_LINE];
    FILE *lines = fdopen(from, "r");
    if (!lines)
        fail("pipe");
    while (fgets(line, sizeof line, lines)) {
        line[strcspn(line, "\n")] = '\0';
        take_line(line);
    }
    fflush(output);
}

/* ---- The traced process ---- */

/* Asks the kernel to write the calls of a process into the pipe. The file stays open until exec,
 * because the call that closes it would be seen. */
static void watch(const char *process, int pipe_fd)
{
    char path[64], words[32];
    snprintf(path, sizeof path, "/proc/%s/trace", process);
    int length = snprintf(words, sizeof words, "%d%s", pipe_fd, options.follow ? " follow" : "");
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, words, length) < 0)
        fail(path);
}

/* Looks for a command in PATH beforehand, so that the first call that is seen is its execve. */
static const char *find_program(const char *name)
{
    static char found[4096];
    struct stat st;
    const char *path = strchr(name, '/') ? NULL : getenv("PATH");
    for (; path && *path; path += strcspn(path, ":"), path += *path == ':') {
        int n = strcspn(path, ":");
        snprintf(found, sizeof found, "%.*s/%s", n, path, name);
        if (access(found, X_OK) == 0 && stat(found, &st) == 0 && S_ISREG(st.st_mode))
            return found;
    }
    if (stat(name, &st) == 0 && strchr(name, '/'))
        return name;
    errno = ENOENT;
    fail(name);
}

static pid_t start(char *const argv[], int pipe_fd)
{
    const char *program = find_program(argv[0]);
    pid_t pid = fork();
    if (pid < 0)
        fail("fork");
    if (pid == 0) {
        watch("self", pipe_fd);
        execv(program, argv);
        fail(program);
    }
    return pid;
}

/* Exits with the status of the program, or by the same signal. */
static int pass_status(pid_t pid)
{
    int status;
    if (waitpid(pid, &status, 0) < 0)
        fail("wait");
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    signal(WTERMSIG(status), SIG_DFL);
    raise(WTERMSIG(status));
    return 128 + WTERMSIG(status);
}

static void take_options(int argc, char **argv)
{
    for (int option; (option = getopt(argc, argv, "+fcCTqe:o:p:E:")) >= 0;) {
        switch (option) {
        case 'f': options.follow = true; break;
        case 'c': options.count = true, options.show = false; break;
        case 'C': options.count = true; break;
        case 'T': options.times = true; break;
        case 'q': break;
        case 'e': take_expression(optarg); break;
        case 'o': options.output = optarg; break;
        case 'p': options.pid = atoi(optarg); break;
        case 'E': putenv(optarg); break;
        default: fputs(usage, stderr); exit(1);
        }
    }
    if ((options.pid == 0) == (optind == argc)) {
        fputs(usage, stderr);
        exit(1);
    }
}

int main(int argc, char **argv)
{
    int ends[2];
    pid_t child = 0;
    take_options(argc, argv);
    output = options.output ? fopen(options.output, "we") : stderr;
    if (!output)
        fail(options.output);
    if (pipe2(ends, O_CLOEXEC) < 0)
        fail("pipe");
    if (options.pid) {
        char number[16];
        snprintf(number, sizeof number, "%d", options.pid);
        watch(number, ends[1]);
    } else {
        child = start(argv + optind, ends[1]);
        signal(SIGINT, SIG_IGN); /* Ctrl-C is for the program */
    }
    close(ends[1]);
    take_lines(ends[0]);
    if (options.count)
        print_counts();
    fflush(output);
    return child ? pass_status(child) : 0;
}

/* Drives the system calls through each failing allocation in turn (/proc/self/fail-nth): each time
 * the call must fail with an error that says so, or do without; nothing may be left or changed; and
 * the same call must work right afterwards. Runs on Ouros alone. */
/* SPDX-License-Identifier: MIT */
#include "inject.h"

#include "calls.h"
#include "check.h"

enum { MOST_ALLOCATIONS = 400, QUIET_FORKS = 6 };

static int fail_fd;

/* ---- What must not change ---- */

struct state {
    char counts[8192], cwd[256];
    uint64_t descriptors, names;
    mode_t mask;
};

static uint64_t hash_of(const char *name)
{
    struct stat st;
    uint64_t hash = 14695981039346656037ul;
    for (const char *c = name; *c; c++)
        hash = (hash ^ (unsigned char)*c) * 1099511628211ul;
    if (lstat(name, &st) == 0)
        hash += st.st_mode * 31ul + st.st_size * 17ul + st.st_nlink * 13ul + st.st_uid * 7ul;
    return hash;
}

/* A number for all names and types in the working directory, in any order. Without opendir, as what
 * that takes of the heap may be a page more the next time. */
static uint64_t sum_of_names(void)
{
    static _Alignas(8) char entries[4096];
    uint64_t sum = 0;
    int fd = open(".", O_RDONLY | O_DIRECTORY);
    for (long got; (got = getdents64(fd, entries, sizeof(entries))) > 0;) {
        for (struct dirent *entry = (struct dirent *)entries; (char *)entry < entries + got;
             entry = (struct dirent *)((char *)entry + entry->d_reclen))
            sum += hash_of(entry->d_name);
    }
    close(fd);
    return sum;
}

static void look(struct state *state)
{
    memset(state, 0, sizeof(*state));
    int fd = open("/proc/kcounts", O_RDONLY);
    for (ssize_t n, length = 0;
         (n = read(fd, state->counts + length, sizeof(state->counts) - 1 - length)) > 0;)
        length += n;
    close(fd);
    getcwd(state->cwd, sizeof(state->cwd));
    for (int i = 0; i < 64; i++)
        state->descriptors |= (uint64_t)(fcntl(i, F_GETFD) >= 0) << i;
    state->names = sum_of_names();
    umask(state->mask = umask(0));
}

static bool is_same(const struct state *a, const struct state *b)
{
    return strcmp(a->counts, b->counts) == 0 && strcmp(a->cwd, b->cwd) == 0 &&
           a->descriptors == b->descriptors && a->names == b->names && a->mask == b->mask;
}

/* The lines of the counts that differ. */
static void tell_difference(const struct state *a, const struct state *b)
{
    const char *x = a->counts, *y = b->counts;
    while (*x && *y) {
        size_t n = strcspn(x, "\n"), m = strcspn(y, "\n");
        if (n != m || memcmp(x, y, n) != 0)
            printf("#   was %.*s, is %.*s\n", (int)n, x, (int)m, y);
        x += n + (x[n] != 0);
        y += m + (y[m] != 0);
    }
    if (a->descriptors != b->descriptors || a->names != b->names || a->mask != b->mask)
        printf("#   descriptors %lx, now %lx; names %lx, now %lx\n", a->descriptors, b->descriptors,
               a->names, b->names);
}

/* ---- One call ---- */

static void arm(int nth)
{
    char text[16];
    int n = snprintf(text, sizeof(text), "%d\n", nth);
    if (pwrite(fail_fd, text, n, 0) != n)
        perror("fail-nth");
}

static bool has_failed(void)
{
    char text[16] = "";
    pread(fail_fd, text, sizeof(text) - 1, 0);
    return atoi(text) == 0;
}

static bool is_refusal(long result)
{
    return result == -ENOMEM || result == -ENOSPC || result == -ENFILE || result == -EAGAIN ||
           result == -ENOLCK;
}

static struct state before, after;

/* The call with its nth allocation failing. False when there is no such allocation. */
static bool try_one(const struct inject_case *one, int nth, const char **wrong, long *result)
{
    if (one->prepare)
        one->prepare();
    look(&after); /* writes to all pages that looking needs: a fork may have shared them */
    before = after;
    look(&before);
    arm(nth);
    *result = one->call(fail_fd);
    bool failed = !one->forks && has_failed();
    arm(0);
    if (*result >= 0) {
        if (one->undo)
            one->undo(*result);
    } else {
        if (one->keeps && one->clean)
            one->clean();
        look(&after);
        failed = true;
        if (!is_refusal(*result))
            *wrong = "another error";
        else if (!is_same(&before, &after))
            *wrong = "something changed or leaked";
    }
    if (one->clean)
        one->clean();
    return failed;
}

static bool works(const struct inject_case *one, const char **wrong, long *result)
{
    if (one->prepare)
        one->prepare();
    *result = one->call(-1);
    if (*result < 0)
        *wrong = "does not work afterwards";
    else if (one->undo)
        one->undo(*result);
    if (one->clean)
        one->clean();
    return *result >= 0;
}

static void run(const struct inject_case *one)
{
    const char *wrong = NULL;
    char what[128];
    long result = 0;
    int nth = 1, n_failed = 0;
    if (works(one, &wrong, &result)) /* what stays of a first time stays */
        works(one, &wrong, &result);
    for (int quiet = 0; !wrong && nth < MOST_ALLOCATIONS && quiet < (one->forks ? QUIET_FORKS : 1);
         nth++) {
        bool failed = try_one(one, nth, &wrong, &result);
        quiet = failed ? 0 : quiet + 1;
        n_failed += failed;
        if (!wrong && failed)
            works(one, &wrong, &result);
    }
    snprintf(what, sizeof(what), "%s: %d allocations fail, one by one", one->name, n_failed);
    if (!check_verdict(!wrong, what)) {
        printf("#   %s: allocation %d, result %ld\n", wrong, nth - 1, result);
        tell_difference(&before, &after);
    }
}

/* Every row of the table has a case, or is in the list of those that have none. */
static void check_complete(void)
{
    for (size_t i = 0; i < sizeof(call_rows) / sizeof(call_rows[0]); i++) {
        bool found = false;
        for (size_t j = 0; j < n_cases && !found; j++)
            found = strncmp(cases[j].name, call_rows[i].name, strlen(call_rows[i].name)) == 0;
        for (size_t j = 0; j < n_without && !found; j++)
            found = strcmp(without[j], call_rows[i].name) == 0;
        if (!found)
            check_verdict(false, call_rows[i].name), printf("#   has no case\n");
    }
}

int main(int argc, char **argv)
{
    fail_fd = open("/proc/self/fail-nth", O_RDWR | O_CLOEXEC);
    if (fail_fd < 0) {
        printf("1..0 # SKIP there is no /proc/self/fail-nth here\n");
        return 0;
    }
    fail_fd = fcntl(fail_fd, F_DUPFD_CLOEXEC, 50);
    make_world();
    look(&before);
    look(&after);
    check_complete();
    for (size_t i = 0; i < n_cases; i++)
        if (argc < 2 || strcmp(argv[1], cases[i].name) == 0)
            run(&cases[i]);
    return check_done();
}

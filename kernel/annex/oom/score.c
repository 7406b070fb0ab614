/* /proc/PID/oom_score, oom_score_adj and oom_adj: which process is killed first when memory is out.
 */
/* SPDX-License-Identifier: MIT */
#include "annex.h"
#include "annex/procfs/nodes.h"
#include "oom.h"

enum {
    MOST = 1000,
    OLD_MOST = 15,
    OLD_NEVER = -17,
    NOT_A_NUMBER = INT32_MAX,
    TOO_LARGE = INT32_MIN
};

static int text_oom_score(struct text *text, const struct proc_inode *of)
{
    text_add(text, "%d\n", process_oom_score(of->process));
    return 0;
}

static int text_oom_score_adj(struct text *text, const struct proc_inode *of)
{
    text_add(text, "%d\n", __atomic_load_n(&of->process->oom_score_adj, __ATOMIC_RELAXED));
    return 0;
}

/* The scale of the old file is from -17 (never) to 15. */
static int text_oom_adj(struct text *text, const struct proc_inode *of)
{
    int adjustment = __atomic_load_n(&of->process->oom_score_adj, __ATOMIC_RELAXED);
    text_add(text, "%d\n", adjustment == MOST ? OLD_MOST : adjustment * -OLD_NEVER / MOST);
    return 0;
}

static bool is_space(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

/* The number in the line, which may have a sign, with spaces around it; NOT_A_NUMBER or TOO_LARGE.
 */
static int parse(const char *line, size_t n)
{
    uint64_t number;
    while (n > 0 && is_space(*line))
        line++, n--;
    while (n > 0 && is_space(line[n - 1]))
        n--;
    bool negative = n > 0 && *line == '-';
    if (n > 0 && (*line == '-' || *line == '+'))
        line++, n--;
    if (n == 0 || !number_parse(line, n, 10, &number))
        return NOT_A_NUMBER;
    if (number > INT32_MAX)
        return TOO_LARGE;
    return negative ? -(int)number : (int)number;
}

/* 0, -EINVAL or -ERANGE. */
static int check(int number, int least, int most)
{
    return number == TOO_LARGE ? -ERANGE : number < least || number > most ? -EINVAL : 0;
}

static bool is_privileged(void)
{
    return current_process()->euid == 0;
}

static long write_oom_score_adj(const struct proc_inode *of, char *line, size_t n)
{
    int adjustment = parse(line, n);
    int err = check(adjustment, -MOST, MOST);
    if (!err)
        err = process_set_oom(of->process, adjustment, is_privileged(), true);
    return err ? err : (long)n;
}

/* As on Linux, the value is compared with the present one, and sets no new minimum. */
static long write_oom_adj(const struct proc_inode *of, char *line, size_t n)
{
    int old = parse(line, n);
    int err = check(old, OLD_NEVER, OLD_MOST);
    if (err)
        return err;
    int adjustment = old == OLD_MOST ? MOST : old * MOST / -OLD_NEVER;
    if (!is_privileged() &&
        adjustment < __atomic_load_n(&of->process->oom_score_adj, __ATOMIC_RELAXED))
        return -EACCES;
    err = process_set_oom(of->process, adjustment, is_privileged(), false);
    return err ? err : (long)n;
}

/* The three files of the directory of a process or thread. */
#define OOM_FILES(directory)                                                             \
    {.dir = &(directory),                                                                \
     .node = {.name = "oom_adj",                                                         \
              .mode = S_IFREG | 0644,                                                    \
              .text = text_oom_adj,                                                      \
              .write = write_oom_adj}},                                                  \
        {.dir = &(directory),                                                            \
         .node = {.name = "oom_score", .mode = S_IFREG | 0444, .text = text_oom_score}}, \
    {                                                                                    \
        .dir = &(directory), .node = {                                                   \
            .name = "oom_score_adj",                                                     \
            .mode = S_IFREG | 0644,                                                      \
            .text = text_oom_score_adj,                                                  \
            .write = write_oom_score_adj                                                 \
        }                                                                                \
    }

static void start(struct fs_context *fs, const char *command_line)
{
    static struct proc_addition files[] = {OOM_FILES(proc_process_node),
                                           OOM_FILES(proc_thread_node)};
    (void)fs, (void)command_line;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++)
        proc_add(&files[i]);
}

ANNEX(oom, ANNEX_FILES, start);

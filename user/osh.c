/* osh: a small shell, to be read in one sitting: fork, exec, wait, pipes, redirection, cd, export,
 * $?.
 *
 * A line is cut into pipelines, and a pipeline into stages, one for each program (parse). For each
 * stage the shell forks a child; the child connects its input and output to the pipes or files, and
 * calls exec (run_stage). All stages of a pipeline are one process group, so that Ctrl-C reaches
 * all of them and not the shell: the terminal sends its signals to the group in the foreground, and
 * the shell makes the pipeline that group while it waits. Some commands, such as cd, change the
 * shell itself and therefore run without a child (run_builtin). */
/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <os.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>
#include "lib/edit.h"

enum { MAX_WORDS = 256, MAX_STAGES = 32, MAX_LINE = 8192, NOT_FOUND = 127, NOT_EXECUTABLE = 126 };

/* One program of a pipeline: its words, and the files for its input and output. */
struct stage {
    char *words[MAX_WORDS + 1];
    int n_words;
    const char *input, *output;
    bool append;
};

/* The operator after a pipeline, which says whether the next one runs. */
enum end { NO_END, END_PLAIN, END_BACKGROUND, END_AND, END_OR };

static int last_status; /* $? */
static bool interactive;
static char expanded[MAX_LINE]; /* the line after quotes and $NAME: the words point into it */
static size_t n_expanded;

/* ---- From a line to words: quotes, $NAME, $?, and the operators | < > >> & ; && || ---- */

static bool put(char c)
{
    if (n_expanded >= sizeof expanded - 1)
        return false;
    expanded[n_expanded++] = c;
    return true;
}

static bool put_text(const char *text)
{
    while (*text)
        if (!put(*text++))
            return false;
    return true;
}

/* At a '$': puts the value of the variable and returns the place after its name. */
static const char *put_variable(const char *at)
{
    char name[128], number[24];
    size_t n = 0;
    at++;
    if (*at == '?' || *at == '$') {
        snprintf(number, sizeof number, "%d", *at == '?' ? last_status : (int)os.getpid());
        put_text(number);
        return at + 1;
    }
    while ((isalnum((unsigned char)*at) || *at == '_') && n < sizeof name - 1)
        name[n++] = *at++;
    name[n] = 0;
    put_text(n ? os.getenv(name, "") : "$");
    return at;
}

/* Reads one word from *line into `expanded`; NULL and a message if a quote is not closed. */
static char *take_word(const char **line)
{
    const char *at = *line;
    char *word = expanded + n_expanded, quote = 0;
    for (; *at && (quote || !strchr(" \t|<>&;", *at));) {
        if (*at == quote)
            quote = 0, at++;
        else if (!quote && (*at == '\'' || *at == '"'))
            quote = *at++;
        else if (*at == '$' && quote != '\'')
            at = put_variable(at);
        else if (*at == '\\' && quote != '\'' && at[1])
            put(at[1]), at += 2;
        else
            put(*at++);
    }
    if (quote || !put(0)) {
        fprintf(stderr, "osh: %s\n", quote ? "a quote is not closed" : "the line is too long");
        return NULL;
    }
    *line = at;
    return word;
}

static const char *skip_blanks(const char *at)
{
    return at + strspn(at, " \t");
}

/* At '<', '>' or '>>': sets the stage's redirection. */
static bool take_redirection(const char **line, struct stage *stage)
{
    bool in = **line == '<';
    bool append = !in && (*line)[1] == '>';
    if (in && (*line)[1] == '<') {
        fprintf(stderr, "osh has no <<: see help\n");
        return false;
    }
    *line = skip_blanks(*line + 1 + append);
    if (!**line || strchr("|<>&;", **line)) {
        fprintf(stderr, "osh: a redirection needs a file name\n");
        return false;
    }
    char *name = take_word(line);
    *(in ? &stage->input : &stage->output) = name;
    stage->append = append;
    return name != NULL;
}

static int missing(const char *operator, int length)
{
    fprintf(stderr, "osh: a command is missing beside '%.*s'\n", length, operator);
    return -1;
}

/* The operator that ends a pipeline at that place; its length in *length. */
static enum end end_at(const char *at, int *length)
{
    bool twice = *at && at[1] == *at;
    *length = *at ? 1 + (twice && *at != ';') : 0;
    switch (*at) {
    case '&': return twice ? END_AND : END_BACKGROUND;
    case '|': return twice ? END_OR : NO_END;
    case ';':
    case 0: return END_PLAIN;
    default: return NO_END;
    }
}

/* Reads one pipeline, up to ';', '&', '&&', '||' or the end; how many stages, 0 for an empty one,
 * -1 after a message. */
static int parse(const char **line, struct stage *stages, enum end *end)
{
    int n = 0, length;
    memset(stages, 0, MAX_STAGES * sizeof *stages);
    for (;;) {
        struct stage *stage = &stages[n];
        *line = skip_blanks(*line);
        if (**line == '#') /* the rest is a comment */
            *line += strlen(*line);
        char c = **line;
        *end = end_at(*line, &length);
        if (c == '<' || c == '>') {
            if (!take_redirection(line, stage))
                return -1;
        } else if (*end != NO_END || c == '|') {
            if (stage->n_words == 0 && (n > 0 || (c && c != ';')))
                return missing(n > 0 ? "|" : *line, n > 0 ? 1 : length);
            *line += length;
            if (*end != NO_END)
                return stage->n_words ? n + 1 : 0;
            if (++n == MAX_STAGES) {
                fprintf(stderr, "osh: more than %d commands in one pipeline\n", MAX_STAGES);
                return -1;
            }
        } else if (stage->n_words == MAX_WORDS) {
            fprintf(stderr, "osh: more than %d words\n", MAX_WORDS);
            return -1;
        } else if (!(stage->words[stage->n_words++] = take_word(line))) {
            return -1;
        }
    }
}

/* ---- Commands that the shell must do itself ---- */

static int report(const char *what)
{
    fprintf(stderr, "osh: %s: %s\n", what, os.strerror(errno));
    return 1;
}

static int do_cd(struct stage *stage)
{
    const char *to = stage->n_words > 1 ? stage->words[1] : os.getenv("HOME", "/");
    return os.chdir(to) < 0 ? report(to) : 0;
}

static int do_export(struct stage *stage)
{
    int failures = 0;
    for (int i = 1; i < stage->n_words; i++) {
        char *value = strchr(stage->words[i], '=');
        if (value)
            *value++ = 0;
        if (os.putenv(stage->words[i], value ? value : os.getenv(stage->words[i], "")) < 0)
            failures += report(stage->words[i]);
    }
    for (char **entry = environ; stage->n_words == 1 && *entry; entry++)
        puts(*entry);
    return failures != 0;
}

static int do_unset(struct stage *stage)
{
    for (int i = 1; i < stage->n_words; i++)
        os.unsetenv(stage->words[i]);
    return 0;
}

static int do_exit(struct stage *stage)
{
    exit(stage->n_words > 1 ? atoi(stage->words[1]) : last_status);
}

static int do_wait(struct stage *stage)
{
    (void)stage;
    while (os.wait().pid > 0)
        ;
    return 0;
}

static int do_help(struct stage *stage)
{
    (void)stage;
    puts("osh runs programs: `ls -l /bin | cat > list`, `sleep 5 &`, `cd /tmp; pwd`, `echo $?`,\n"
         "`test -d a && cd a || mkdir a`. Up and down bring earlier lines back.\n"
         "It has cd, export NAME=VALUE, unset, exec, wait, exit and help itself.\n"
         "`man NAME` is the page of a system call or of a name of os.h; `man` lists them.\n"
         "Our own programs, each a page of C:");
    char **names = os.listdir("/ouros/bin");
    for (int i = 0; names && names[i]; i++)
        printf(" %s", names[i]);
    puts(names ? "\nBusyBox has more: `busybox --list`." : " there are none");
    free(names);
    return 0;
}

static int do_exec(struct stage *stage)
{
    if (stage->n_words > 1) {
        execvp(stage->words[1], stage->words + 1);
        return report(stage->words[1]), NOT_FOUND;
    }
    return 0;
}

static const struct builtin {
    const char *name;
    int (*run)(struct stage *stage);
} builtins[] = {{"cd", do_cd},     {"export", do_export}, {"unset", do_unset}, {"exit", do_exit},
                {"wait", do_wait}, {"help", do_help},     {"exec", do_exec}};

static const struct builtin *find_builtin(const char *name)
{
    for (size_t i = 0; i < sizeof builtins / sizeof *builtins; i++)
        if (strcmp(builtins[i].name, name) == 0)
            return &builtins[i];
    return NULL;
}

/* ---- Running ---- */

/* Opens the file as descriptor fd. */
static bool redirect(int fd, const char *path, int flags)
{
    int file = open(path, flags, 0666);
    if (file < 0) {
        report(path);
        return false;
    }
    dup2(file, fd);
    close(file);
    return true;
}

static bool redirect_all(struct stage *stage)
{
    int how = O_WRONLY | O_CREAT | (stage->append ? O_APPEND : O_TRUNC);
    return (!stage->input || redirect(0, stage->input, O_RDONLY)) &&
           (!stage->output || redirect(1, stage->output, how));
}

/* Runs a stage, in its child. */
static _Noreturn void run_stage(struct stage *stage)
{
    signal(SIGINT, SIG_DFL);
    signal(SIGQUIT, SIG_DFL);
    signal(SIGTTOU, SIG_DFL);
    signal(SIGTSTP, SIG_DFL);
    if (!redirect_all(stage))
        _exit(1);
    const struct builtin *builtin = find_builtin(stage->words[0]);
    if (builtin)
        exit(builtin->run(stage));
    execvp(stage->words[0], stage->words);
    int error = errno;
    fprintf(stderr, "osh: %s: %s\n", stage->words[0],
            error == ENOENT ? "command not found" : strerror(error));
    _exit(error == ENOENT ? NOT_FOUND : NOT_EXECUTABLE);
}

/* Starts all stages in one process group, the output of each connected to the input of the next.
 * The result is the pid of the last, or -1. Both the shell and the child make the group and give it
 * the terminal, because each relies on that afterwards, and it is chance which of them runs
 * first. */
static pid_t start(struct stage *stages, int n, bool in_front, pid_t *group)
{
    int from = -1;
    pid_t pid = -1;
    *group = 0;
    for (int i = 0; i < n; i++) {
        int ends[2] = {-1, -1};
        if (i < n - 1 && pipe2(ends, O_CLOEXEC) < 0)
            return report("pipe"), -1;
        fflush(stdout);
        if ((pid = os.fork()) < 0)
            return report("fork"), -1;
        if (pid == 0) {
            setpgid(0, *group);
            if (in_front)
                tcsetpgrp(0, getpgrp());
            if (from >= 0)
                dup2(from, 0);
            if (ends[1] >= 0)
                dup2(ends[1], 1);
            run_stage(&stages[i]);
        }
        if (i == 0)
            *group = pid;
        setpgid(pid, *group);
        if (in_front)
            tcsetpgrp(0, *group);
        if (from >= 0)
            close(from);
        if (ends[1] >= 0)
            close(ends[1]);
        from = ends[0];
    }
    return pid;
}

/* Waits for the whole group; the result is the status of `last` in the form of $?. */
static int wait_for(pid_t group, pid_t last)
{
    int status, result = 0;
    for (pid_t pid; (pid = waitpid(-group, &status, WUNTRACED)) > 0;) {
        if (WIFSTOPPED(status)) {
            fprintf(stderr, "osh: stopped; `kill -CONT -%d` lets it go on\n", (int)group);
            return 128 + WSTOPSIG(status);
        }
        if (pid == last)
            result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    }
    if (result > 128 && result != 128 + SIGINT && result != 128 + SIGPIPE)
        fprintf(stderr, "osh: %s\n", strsignal(result - 128));
    return result;
}

/* Runs a builtin in the shell itself. Its redirections are undone afterwards. */
static int run_builtin(const struct builtin *builtin, struct stage *stage)
{
    int keep[2] = {fcntl(0, F_DUPFD_CLOEXEC, 10), fcntl(1, F_DUPFD_CLOEXEC, 10)};
    int status = redirect_all(stage) ? builtin->run(stage) : 1;
    bool stays = builtin->run == do_exec && status == 0; /* exec > FILE is for the shell itself */
    fflush(stdout);
    for (int fd = 0; fd < 2; fd++) {
        if (!stays)
            dup2(keep[fd], fd);
        close(keep[fd]);
    }
    return status;
}

static void run_pipeline(struct stage *stages, int n, bool background)
{
    const struct builtin *builtin = n == 1 && !background ? find_builtin(stages[0].words[0]) : NULL;
    if (builtin) {
        last_status = run_builtin(builtin, &stages[0]);
        return;
    }
    pid_t group, last = start(stages, n, interactive && !background, &group);
    last_status = background ? 0 : wait_for(group, last);
    if (interactive)
        tcsetpgrp(0, getpgrp());
}

/* Runs the pipelines of a line, each if the operator before it allows. */
static void run_line(const char *line)
{
    static struct stage stages[MAX_STAGES];
    enum end end, before = END_PLAIN;
    for (line = skip_blanks(line); *line || before >= END_AND; line = skip_blanks(line)) {
        n_expanded = 0;
        int n = parse(&line, stages, &end);
        if (n == 0 && before >= END_AND)
            n = missing(before == END_AND ? "&&" : "||", 2);
        if (n < 0) {
            last_status = 2;
            return;
        }
        bool skip = before == END_AND ? last_status != 0 : before == END_OR && last_status == 0;
        if (n > 0 && !skip)
            run_pipeline(stages, n, end == END_BACKGROUND);
        before = end;
    }
}

static void make_prompt(char *text, size_t size)
{
    char *cwd = os.getcwd();
    snprintf(text, size, "%s $ ", cwd ? cwd : "?");
    free(cwd);
    while (waitpid(-1, NULL, WNOHANG) > 0) /* background jobs that have ended */
        ;
}

/* Ctrl-C at the prompt only interrupts the reading of the line. */
static void on_interrupt(int number)
{
    (void)number;
}

static void prepare_terminal(void)
{
    struct sigaction interrupt = {.sa_handler = on_interrupt};
    sigaction(SIGINT, &interrupt, NULL);
    signal(SIGQUIT, SIG_IGN);
    signal(SIGTSTP, SIG_IGN);
    signal(SIGTTOU, SIG_IGN);
    setpgid(0, 0);
    tcsetpgrp(0, getpgrp());
}

/* Reads the next line, without its newline; false at the end. */
static bool read_line(FILE *script, char **line, size_t *size)
{
    static char typed[MAX_LINE], prompt[MAX_LINE];
    if (interactive) {
        int n;
        do {
            make_prompt(prompt, sizeof prompt);
            n = edit_line(prompt, typed, sizeof typed);
        } while (n == -2); /* Ctrl-C */
        free(*line);
        *line = n < 0 ? NULL : strdup(typed);
        return *line != NULL;
    }
    ssize_t n = getline(line, size, script);
    if (n > 0 && (*line)[n - 1] == '\n')
        (*line)[n - 1] = 0;
    return n >= 0;
}

int main(int argc, char **argv)
{
    FILE *script = argc > 1 && strcmp(argv[1], "-c") != 0 ? fopen(argv[1], "re") : stdin;
    if (!script)
        return report(argv[1]), NOT_FOUND;
    if (argc > 2 && strcmp(argv[1], "-c") == 0) {
        run_line(argv[2]);
        return last_status;
    }
    interactive = script == stdin && isatty(0);
    if (interactive)
        prepare_terminal();
    char *line = NULL;
    size_t size = 0;
    while (read_line(script, &line, &size))
        run_line(line);
    if (interactive)
        puts("exit");
    free(line);
    return last_status;
}

/* The name of a core file: a pattern for the whole machine, in which each % and letter is replaced.
 */
/* SPDX-License-Identifier: MIT */
#include "abi/utsname.h"
#include "dumps.h"
#include "proc/private.h"

static char pattern[CORE_PATTERN_SIZE] = "core"; /* guarded by proc_lock */
static bool adds_pid;                            /* atomic */

void core_pattern_get(char copy[CORE_PATTERN_SIZE])
{
    spin_lock(&proc_lock);
    memcpy(copy, pattern, sizeof(pattern));
    spin_unlock(&proc_lock);
}

int core_pattern_set(const char *given)
{
    if (*given == '|' || *given == '@')
        return -EINVAL;
    spin_lock(&proc_lock);
    strlcpy(pattern, given, sizeof(pattern));
    spin_unlock(&proc_lock);
    return 0;
}

bool core_adds_pid(void)
{
    return __atomic_load_n(&adds_pid, __ATOMIC_RELAXED);
}

void core_set_adds_pid(bool adds)
{
    __atomic_store_n(&adds_pid, adds, __ATOMIC_RELAXED);
}

/* ---- Building the name in a page ---- */

struct name {
    char *path;
    size_t length; /* a name that is too long is cut; it is still too long for every file system */
};

static void add(struct name *name, const char *text)
{
    name->length += strlcpy(name->path + name->length, text, PAGE_SIZE - name->length);
    name->length = min(name->length, (size_t)PAGE_SIZE - 1);
}

/* Adds a word that users may have chosen. It stays one component of the path: no slash, not "." or
 * "..", not empty. */
static void add_word(struct name *name, const char *text)
{
    char *word = name->path + name->length;
    add(name, *text ? text : "!");
    if (strcmp(word, ".") == 0 || strcmp(word, "..") == 0)
        *word = '!';
    for (; *word; word++)
        if (*word == '/')
            *word = '!';
}

static void add_number(struct name *name, uint64_t number)
{
    char text[24];
    format(text, sizeof(text), "%lu", number);
    add(name, text);
}

/* Adds the program's path, or its last component. */
static void add_program(struct name *name, struct thread *self, bool whole)
{
    struct file *exe = self->process->exe;
    struct dentry *root = fs_root(&self->fs);
    char *page = buffer_alloc(), *start = "";
    if (page && exe && dentry_path(root, exe->dentry, false, page, PAGE_SIZE, &start) == 0) {
        const char *last = start;
        for (const char *at = start; !whole && *at; at++)
            if (*at == '/')
                last = at + 1;
        add_word(name, last);
    } else {
        add_word(name, self->name);
    }
    buffer_free(page);
    dentry_unref(root);
}

static void add_host(struct name *name)
{
    struct utsname names;
    system_name(&names);
    add_word(name, names.nodename);
}

/* Adds what the letter after a % means; nothing for an unknown one. */
static void add_meaning(struct name *name, char letter, struct thread *self, int signal)
{
    const struct process *process = self->process;
    switch (letter) {
    case '%': add(name, "%"); break;
    case 'p':
    case 'P': add_number(name, process->pid); break;
    case 'i':
    case 'I': add_number(name, self->tid); break;
    case 'u': add_number(name, process->uid); break;
    case 'g': add_number(name, process->gid); break;
    case 'd': add_number(name, process->dumpable); break;
    case 's': add_number(name, signal); break;
    case 't': add_number(name, realtime_ns() / 1000000000); break;
    case 'c': add_number(name, process->limits[RLIMIT_CORE].rlim_cur); break;
    case 'C': add_number(name, this_cpu()->id); break;
    case 'h': add_host(name); break;
    case 'e': add_word(name, self->name); break;
    case 'f': add_program(name, self, false); break;
    case 'E': add_program(name, self, true); break;
    default: break;
    }
}

void core_name(struct thread *self, int signal, char *path)
{
    struct name name = {.path = path};
    char copy[CORE_PATTERN_SIZE], plain[2] = "";
    bool with_pid = false;
    *path = '\0';
    core_pattern_get(copy);
    for (const char *at = copy; *at; at++) {
        plain[0] = *at;
        if (*at != '%') {
            add(&name, plain);
        } else if (at[1]) {
            add_meaning(&name, *++at, self, signal);
            with_pid = with_pid || *at == 'p';
        }
    }
    if (!with_pid && core_adds_pid()) {
        add(&name, ".");
        add_number(&name, self->process->pid);
    }
}

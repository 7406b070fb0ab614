/* man [SECTION] NAME: the page of a system call (section 2) or of a name of os.h (section 3).
 *
 *   man getcwd       both pages of that name
 *   man os.listdir   the name of os.h; man 2 open: the system call
 *   man -k WORD      all pages whose line tells of the word
 *   man              all names
 *
 * All pages are in one file, made from the two tables when the image is built. A page begins with
 * a form feed and a line "NAME tab SECTION tab WHAT IT DOES"; the rest is the page as it is shown.
 */
/* SPDX-License-Identifier: MIT */
#include <os.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MANUAL "/usr/share/ouros/manual"

struct page {
    char *name, *section, *summary, *text;
};

/* The whole file; NULL after a message. */
static char *read_manual(void)
{
    struct os_stat_result st = os.stat(MANUAL);
    int fd = os.open(MANUAL, O_RDONLY, 0);
    char *text = st.st_mode ? calloc(1, (size_t)st.st_size + 1) : NULL;
    if (fd < 0 || !text || os.read(fd, text, (size_t)st.st_size) != st.st_size) {
        os.perror(MANUAL);
        free(text);
        text = NULL;
    }
    if (fd >= 0)
        os.close(fd);
    return text;
}

/* Takes the next page off the text; false at the end. */
static bool next_page(char **at, struct page *page)
{
    if (**at != '\f')
        return false;
    page->name = *at + 1;
    page->section = strchr(page->name, '\t');
    page->summary = page->section ? strchr(page->section + 1, '\t') : NULL;
    page->text = page->summary ? strchr(page->summary, '\n') : NULL;
    if (!page->text)
        return false;
    *page->section++ = *page->summary++ = *page->text++ = 0;
    *at = page->text + strcspn(page->text, "\f");
    return true;
}

/* Is it the page's name, with or without "os." in front? */
static bool is_called(const struct page *page, const char *name)
{
    bool of_os = strncmp(page->name, "os.", 3) == 0;
    return strcmp(page->name, name) == 0 || (of_os && strcmp(page->name + 3, name) == 0);
}

static bool contains(const struct page *page, const char *word)
{
    return strcasestr(page->name, word) || strcasestr(page->summary, word);
}

/* The name after the last line's, or on a new line where that is full. */
static void list_name(FILE *out, const char *name)
{
    static size_t column;
    size_t length = strlen(name) + 1;
    if (column && column + length > 78) {
        fputc('\n', out);
        column = 0;
    }
    fprintf(out, "%s%s", column ? " " : "", name);
    column += length;
}

/* Where pages go: through `less` where a person reads them. */
static FILE *open_output(void)
{
    FILE *pager = isatty(1) && access("/usr/bin/less", X_OK) == 0 ? popen("less -F", "w") : NULL;
    return pager ? pager : stdout;
}

int main(int argc, char **argv)
{
    bool keyword = argc == 3 && strcmp(argv[1], "-k") == 0;
    const char *section = argc == 3 && !keyword ? argv[1] : NULL;
    const char *wanted = argc > 1 ? argv[argc - 1] : NULL;
    char *at = argc > 3 ? NULL : read_manual();
    struct page page;
    int found = 0;
    if (!at) {
        if (argc > 3)
            fprintf(stderr, "usage: man [SECTION] NAME, or man -k WORD, or man\n");
        return 2;
    }
    FILE *out = open_output();
    while (next_page(&at, &page)) {
        bool shown = !wanted || (keyword ? contains(&page, wanted) : is_called(&page, wanted));
        if (!shown || (section && strcmp(section, page.section) != 0))
            continue;
        char rest = *at;
        *at = 0;
        if (!wanted)
            list_name(out, page.name);
        else if (keyword)
            fprintf(out, "%s(%s) - %s\n", page.name, page.section, page.summary);
        else
            fprintf(out, "%s%s", found ? "\n" : "", page.text);
        *at = rest;
        found++;
    }
    if (!wanted)
        fputc('\n', out);
    if (out != stdout)
        pclose(out);
    if (!found)
        fprintf(stderr, "man: no page tells of %s: man lists all, man -k WORD searches\n", wanted);
    return found ? 0 : 1;
}

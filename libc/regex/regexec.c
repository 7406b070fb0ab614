/* regexec: chooses among the ways to match, and hands over as much as is asked for. */
/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include "program.h"

/* Finds all groups and passes on the first n. */
static int match_all(const struct subject *subject, size_t n, regmatch_t match[])
{
    const struct regex_program *program = subject->program;
    size_t groups = (size_t)program->n_groups + 1;
    regmatch_t *all = reallocarray(NULL, groups, sizeof(*all));
    int error;

    if (!all)
        return REG_ESPACE;
    if (program->has_back)
        error = regex_backtrack(subject, all);
    else
        error = regex_find(subject, false, all);
    if (!error && !program->has_back)
        error = regex_divide(subject, all);
    for (size_t i = 0; !error && i < n; i++)
        match[i] = i < groups ? all[i] : (regmatch_t){-1, -1};
    free(all);
    return error;
}

int regexec(const regex_t *restrict regex, const char *restrict text, size_t n, regmatch_t match[],
            int flags)
{
    const struct regex_program *program = regex->__program;
    bool part = flags & REG_STARTEND;
    size_t length = part ? (size_t)match->rm_eo : strlen(text);
    struct subject subject = {program,     text,  part ? match->rm_so : 0,
                              (int)length, flags, MB_CUR_MAX > 1};
    regmatch_t whole;

    if (length >= INT_MAX)
        return REG_ESPACE;
    if (program->flags & REG_NOSUB)
        n = 0;
    if (program->has_back || (n > 1 && program->n_groups > 0))
        return match_all(&subject, n, match);
    int error = regex_find(&subject, n == 0, &whole);
    for (size_t i = 0; !error && i < n; i++)
        match[i] = i == 0 ? whole : (regmatch_t){-1, -1};
    return error;
}

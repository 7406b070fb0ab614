/* pthread_atfork: functions that fork calls before it, and after it in both processes. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include "atfork.h"
#include "lock.h"

struct handlers {
    void (*functions[3])(void); /* by enum atfork_when */
    struct handlers *older, *newer;
};

static struct handlers *newest, *oldest; /* never freed */

enum atfork_when { ATFORK_PREPARE, ATFORK_PARENT, ATFORK_CHILD };

unsigned atfork_lock;

int pthread_atfork(void (*prepare)(void), void (*parent)(void), void (*child)(void))
{
    struct handlers *made = malloc(sizeof(*made));

    if (!made)
        return ENOMEM;
    lock_take(&atfork_lock);
    *made = (struct handlers){{prepare, parent, child}, newest, NULL};
    if (newest)
        newest->newer = made;
    else
        oldest = made;
    newest = made;
    lock_give(&atfork_lock);
    return 0;
}

static void call(const struct handlers *one, enum atfork_when when)
{
    if (one->functions[when])
        one->functions[when]();
}

struct handlers *atfork_before(void)
{
    lock_take(&atfork_lock);
    struct handlers *last = newest;
    lock_give(&atfork_lock);
    for (struct handlers *one = last; one; one = one->older)
        call(one, ATFORK_PREPARE);
    return last;
}

void atfork_after(struct handlers *last, bool child)
{
    for (struct handlers *one = last ? oldest : NULL; one; one = one->newer) {
        call(one, child ? ATFORK_CHILD : ATFORK_PARENT);
        if (one == last)
            break;
    }
}

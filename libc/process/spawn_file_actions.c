/* The list of actions that a spawned child performs on its descriptors. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include "spawn_action.h"

int posix_spawn_file_actions_init(posix_spawn_file_actions_t *actions)
{
    *actions = (posix_spawn_file_actions_t){0};
    return 0;
}

int posix_spawn_file_actions_destroy(posix_spawn_file_actions_t *actions)
{
    for (int i = 0; i < actions->n; i++)
        free(actions->actions[i].path);
    free(actions->actions);
    *actions = (posix_spawn_file_actions_t){0};
    return 0;
}

static int add(posix_spawn_file_actions_t *actions, struct spawn_action action, const char *path)
{
    if (action.fd < 0 || action.new_fd < 0)
        return EBADF;
    if (actions->n == actions->room) {
        int room = actions->room * 2 + 4;
        void *grown = reallocarray(actions->actions, (size_t)room, sizeof(action));

        if (!grown)
            return ENOMEM;
        actions->actions = grown;
        actions->room = room;
    }
    if (path && !(action.path = strdup(path)))
        return ENOMEM;
    actions->actions[actions->n++] = action;
    return 0;
}

int posix_spawn_file_actions_addopen(posix_spawn_file_actions_t *restrict actions, int fd,
                                     const char *restrict path, int flags, mode_t mode)
{
    return add(actions,
               (struct spawn_action){.kind = SPAWN_OPEN, .fd = fd, .flags = flags, .mode = mode},
               path);
}

int posix_spawn_file_actions_addclose(posix_spawn_file_actions_t *actions, int fd)
{
    return add(actions, (struct spawn_action){.kind = SPAWN_CLOSE, .fd = fd}, NULL);
}

int posix_spawn_file_actions_adddup2(posix_spawn_file_actions_t *actions, int fd, int new_fd)
{
    return add(actions, (struct spawn_action){.kind = SPAWN_DUP2, .fd = fd, .new_fd = new_fd},
               NULL);
}

int posix_spawn_file_actions_addchdir_np(posix_spawn_file_actions_t *restrict actions,
                                         const char *restrict path)
{
    return add(actions, (struct spawn_action){.kind = SPAWN_CHDIR}, path);
}

int posix_spawn_file_actions_addfchdir_np(posix_spawn_file_actions_t *actions, int fd)
{
    return add(actions, (struct spawn_action){.kind = SPAWN_FCHDIR, .fd = fd}, NULL);
}

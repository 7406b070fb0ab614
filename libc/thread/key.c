/* Keys: a value for each thread, and a function that is called with it when the thread ends.
 *
 * The values are thread-local variables, so only a program with keys has them. A key that has been
 * deleted may be created again, and then has no value in any thread. So each creation has a number,
 * and a value counts only if it was stored under the present one. */
/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include "lock.h"
#include "thread.h"

static struct key {
    unsigned long creation; /* odd while the key exists */
    void (*destructor)(void *);
} keys[PTHREAD_KEYS_MAX]; /* changed under keys_lock */

unsigned keys_lock;

static _Thread_local struct {
    unsigned long creation;
    void *value;
} values[PTHREAD_KEYS_MAX];

int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    int error = EAGAIN;

    lock_take(&keys_lock);
    for (pthread_key_t i = 0; i < PTHREAD_KEYS_MAX && error; i++)
        if (keys[i].creation % 2 == 0) {
            keys[i].destructor = destructor;
            keys[i].creation++;
            *key = i;
            error = 0;
        }
    lock_give(&keys_lock);
    return error;
}

static bool exists(pthread_key_t key)
{
    return key < PTHREAD_KEYS_MAX && keys[key].creation % 2 == 1;
}

int pthread_key_delete(pthread_key_t key)
{
    lock_take(&keys_lock);
    bool found = exists(key);
    if (found)
        keys[key].creation++;
    lock_give(&keys_lock);
    return found ? 0 : EINVAL;
}

void *pthread_getspecific(pthread_key_t key)
{
    if (!exists(key) || values[key].creation != keys[key].creation)
        return NULL;
    return values[key].value;
}

int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (!exists(key))
        return EINVAL;
    values[key].creation = keys[key].creation;
    values[key].value = (void *)value;
    return 0;
}

/* Calls the destructor for a value, which is NULL from then on; whether there was one. */
static bool destroy_value(pthread_key_t key)
{
    void *value = pthread_getspecific(key);
    void (*destructor)(void *) = keys[key].destructor;

    if (!value || !destructor)
        return false;
    values[key].value = NULL;
    destructor(value);
    return true;
}

/* A destructor may store values again: then there is another round. */
void keys_destroy_values(void)
{
    bool more = true;

    for (int round = 0; more && round < PTHREAD_DESTRUCTOR_ITERATIONS; round++) {
        more = false;
        for (pthread_key_t key = 0; key < PTHREAD_KEYS_MAX; key++)
            more |= destroy_value(key);
    }
}

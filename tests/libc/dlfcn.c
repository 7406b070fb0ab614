/* dlfcn.h in a static program: each call fails and says why, once and for its thread alone. */
/* SPDX-License-Identifier: MIT */
#include "check.h"
#include <dlfcn.h>
#include <pthread.h>

static void *other_thread(void *arg)
{
    bool clean = dlerror() == NULL;

    return clean && dlopen("/lib/other.so", RTLD_LAZY) == NULL ? arg : NULL;
}

int main(void)
{
    Dl_info info;
    pthread_t thread;
    void *result = NULL;
    char *text;

    CHECK(dlerror() == NULL);
    CHECK(dlopen("/lib/missing.so", RTLD_NOW | RTLD_GLOBAL) == NULL);
    CHECK_EQ(pthread_create(&thread, NULL, other_thread, &info), 0);
    CHECK_EQ(pthread_join(thread, &result), 0);
    CHECK(result == &info);
    text = dlerror();
    CHECK(text && strstr(text, "cannot load"));
    CHECK(dlerror() == NULL);
    CHECK(dlsym(RTLD_DEFAULT, "main") == NULL);
    text = dlerror();
    CHECK(text && strstr(text, "no names"));
    CHECK(dlclose(&info) != 0);
    CHECK(dlerror() != NULL);
    CHECK_EQ(dladdr((void *)main, &info), 0);
    CHECK(dlerror() == NULL);
    return check_done();
}

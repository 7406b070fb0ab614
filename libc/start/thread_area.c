/* The main thread's area: FS, the canary of the stack protector, the thread-local variables. */
/* SPDX-License-Identifier: MIT */
#include "../thread/thread.h"
#include "lock.h"
#include "words.h"

bool libc_threaded;

/* The linker script puts this section after the space for the thread-local variables. */
__attribute__((section(".bss.main_thread"),
               aligned(THREAD_ALIGN))) static struct __pthread main_thread;

/* By hand, as memcpy is more than the smallest programs need. */
void thread_locals_init(struct __pthread *self)
{
    char *to = (char *)self - (size_t)__tls_size;

    for (const char *from = __tls_image; from < __tls_image_end; from++)
        *to++ = *from;
}

/* A canary has a zero byte, so that a string that overruns its array cannot contain it. The heap's
 * secret is made of the other eight random bytes. */
void thread_area_init(const unsigned long *random)
{
    main_thread.self = &main_thread;
    main_thread.running = 1;
    main_thread.is_first = true;
    if (random)
        main_thread.canary = ((const loose_word *)*random)[1] & ~0xffUL;
    thread_locals_init(&main_thread);
    thread_pointer_set(&main_thread);
}

/* The main thread's area: FS, the canary of the stack protector, the thread-local variables. */
/* SPDX-License-Identifier: MIT */
#include "../thread/thread.h"
#include "words.h"

/* The linker script puts this section after the space for the thread-local variables. */
__attribute__((section(".bss.main_thread"), aligned(THREAD_ALIGN))) struct thread main_thread;

/* By hand, as memcpy is more than the smallest programs need. */
void thread_locals_init(struct thread *self)
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
    if (random)
        main_thread.canary = ((const loose_word *)*random)[1] & ~0xffUL;
    thread_locals_init(&main_thread);
    thread_pointer_set(&main_thread);
}

/* assert(): if the condition is false, says where and aborts; with NDEBUG it does nothing. */
/* SPDX-License-Identifier: MIT */
#undef assert

#ifdef NDEBUG
#define assert(claim) ((void)0)
#else
#define assert(claim) ((claim) ? (void)0 : __assert_fail(#claim, __FILE__, __LINE__, __func__))
#endif

#define static_assert _Static_assert

_Noreturn void __assert_fail(const char *claim, const char *file, int line, const char *function);

/* Where other processors act while a room's code runs on the host: the compiler calls this at each
 * basic block (-fsanitize-coverage=trace-pc). Compiled without that option itself. */
/* SPDX-License-Identifier: MIT */
#include <stdbool.h>

extern bool host_one_step; /* mm_shim.h's: what runs now is one step for the others */
void host_between_steps(void);
void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
    if (host_one_step)
        return;
    host_one_step = true;
    host_between_steps();
    host_one_step = false;
}

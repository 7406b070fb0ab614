/* The end: power-off, panic and reboot, by QEMU's exit device if it is there or by the chipset. */
/* SPDX-License-Identifier: MIT */
#include "x86.h"

enum {
    DEBUG_EXIT = 0xf4,    /* QEMU's isa-debug-exit, where tools/vm puts it */
    PM1A_CONTROL = 0x604, /* ACPI power management of QEMU's q35 and pc */
    PM1A_SLEEP_S5 = 0x2000,
    RESET_CONTROL = 0xcf9,
};

/* Without an IDT the next trap cannot be delivered, nor can the double fault that follows: then the
 * processor resets. */
static void triple_fault(void)
{
    static const struct {
        uint16_t limit;
        uint64_t base;
    } __attribute__((packed)) nothing;
    asm volatile("lidt %0; int3" ::"m"(nothing));
}

void machine_end(enum machine_end how)
{
    port_out8(DEBUG_EXIT, (uint8_t)how);
    if (how == MACHINE_OFF)
        port_out16(PM1A_CONTROL, PM1A_SLEEP_S5);
    if (how == MACHINE_REBOOT) {
        port_out8(RESET_CONTROL, 6);
        triple_fault();
    }
    for (;;)
        asm volatile("cli; hlt");
}

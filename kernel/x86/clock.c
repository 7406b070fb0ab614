/* Time: the TSC is the clock, the local APIC the alarm, the PIT measures both; CMOS has the date.
 *
 * The kernel needs three things: a clock that is fast to read, an alarm on each processor, and the
 * date. The time stamp counter (TSC) counts cycles and is read by one instruction. The kernel
 * relies on it to be the same on all processors, so clock_ns() needs no lock and never runs
 * backwards. The local APIC's timer counts down once and interrupts: there is no periodic tick,
 * since timer_arm() always sets the next deadline that something waits for.
 *
 * Neither says how fast it counts. The programmable interval timer (PIT) of the first PCs does: it
 * runs at 1.193182 MHz, but reading it takes several port accesses, which is why it only serves to
 * measure the others once at boot. The battery clock in the CMOS has the date in full seconds; it
 * is also read once, and from then on the time of day is clock_ns() plus a constant. */
/* SPDX-License-Identifier: MIT */
#include "local.h"

#define PIT_HZ 1193182u

enum { PIT_CHANNEL_2 = 0x42, PIT_MODE = 0x43, PIT_GATE = 0x61 };
enum { GATE_ON = 1, SPEAKER = 2, OUT = 0x20 }; /* bits of PIT_GATE */
enum { CMOS_INDEX = 0x70, CMOS_DATA = 0x71 };
enum {
    CMOS_SECOND = 0,
    CMOS_MINUTE = 2,
    CMOS_HOUR = 4,
    CMOS_DAY = 7,
    CMOS_MONTH = 8,
    CMOS_YEAR = 9,
    CMOS_STATUS_A = 10,
    CMOS_UPDATING = 0x80,
    CMOS_STATUS_B = 11,
    CMOS_24_HOURS = 2,
    CMOS_BINARY = 4,
};

/* Constant after clock_init. */
uint64_t clock_first_cycle, clock_ns_per_cycle;
static uint64_t lapic_per_ns; /* ticks of the local APIC's timer per ns, << 32 */
static uint64_t boot_realtime_ns;

/* Lets the PIT count down once (mode 0: OUT rises at the end) and counts both timers meanwhile. The
 * start is read before the PIT begins, so that any delay makes the result larger. */
static uint64_t measure(uint32_t pit_ticks, uint32_t *lapic_ticks)
{
    port_out8(PIT_GATE, (uint8_t)((port_in8(PIT_GATE) & ~SPEAKER) | GATE_ON));
    port_out8(PIT_MODE, 0xb0);
    port_out8(PIT_CHANNEL_2, (uint8_t)pit_ticks);
    lapic_timer_start(UINT32_MAX);
    uint64_t start = cycle_count();
    port_out8(PIT_CHANNEL_2, (uint8_t)(pit_ticks >> 8));
    while (!(port_in8(PIT_GATE) & OUT))
        ;
    uint64_t cycles = cycle_count() - start;
    *lapic_ticks = UINT32_MAX - lapic_timer_count();
    lapic_timer_start(0);
    return cycles;
}

/* Measures how fast the two timers count. The host may take the processor away in any round, so it
 * goes on until rounds agree: once all of a fixed number were delayed, and the clock ran at a third
 * of its rate. MOST_ROUNDS take 40 ms without delays; the smallest of so many will do. */
static void calibrate(uint32_t pit_ticks)
{
    enum { MOST_ROUNDS = 60 };
    uint64_t cycles[MOST_ROUNDS], ns = pit_ticks * NS_PER_SECOND / PIT_HZ;
    size_t best = 0;
    bool agree = false;
    clock_first_cycle = cycle_count();
    for (size_t n = 0; n < MOST_ROUNDS && !agree; n++) {
        uint32_t ticks;
        cycles[n] = measure(pit_ticks, &ticks);
        agree = rounds_agree(cycles, n + 1, &best);
        if (best == n)
            lapic_per_ns = ((uint64_t)ticks << 32) / ns;
    }
    clock_ns_per_cycle = (ns << 32) / cycles[best];
}

static uint32_t cmos_read(uint8_t reg)
{
    port_out8(CMOS_INDEX, reg);
    return port_in8(CMOS_DATA);
}

static uint32_t cmos_number(uint8_t reg, bool binary)
{
    uint32_t value = cmos_read(reg);
    return binary ? value : (value >> 4) * 10 + (value & 15);
}

/* Days from 1970-01-01 to a date of the Gregorian calendar; years are counted from March. */
static uint64_t days_since_1970(uint32_t year, uint32_t month, uint32_t day)
{
    uint32_t y = month > 2 ? year : year - 1;
    uint32_t months = month > 2 ? month - 3 : month + 9;
    return 365ull * y + y / 4 - y / 100 + y / 400 + (153 * months + 2) / 5 + day - 1 - 719468;
}

/* The date of the battery clock in seconds since 1970; QEMU keeps it in UTC. */
static uint64_t cmos_seconds(void)
{
    while (cmos_read(CMOS_STATUS_A) & CMOS_UPDATING)
        cpu_pause();
    uint32_t status = cmos_read(CMOS_STATUS_B);
    bool binary = status & CMOS_BINARY;
    uint32_t hour = cmos_read(CMOS_HOUR);
    bool afternoon = !(status & CMOS_24_HOURS) && (hour & 0x80);
    hour &= 0x7f;
    hour = binary ? hour : (hour >> 4) * 10 + (hour & 15);
    if (!(status & CMOS_24_HOURS))
        hour = hour % 12 + (afternoon ? 12 : 0);
    uint64_t days = days_since_1970(2000 + cmos_number(CMOS_YEAR, binary),
                                    cmos_number(CMOS_MONTH, binary), cmos_number(CMOS_DAY, binary));
    return ((days * 24 + hour) * 60 + cmos_number(CMOS_MINUTE, binary)) * 60 +
           cmos_number(CMOS_SECOND, binary);
}

void clock_init(void)
{
    calibrate(PIT_HZ / 1500);
    boot_realtime_ns = cmos_seconds() * NS_PER_SECOND - clock_ns();
}

uint64_t clock_boot_realtime_ns(void)
{
    return boot_realtime_ns;
}

/* The counter has 32 bits: for a deadline beyond its range the timer fires early. */
void timer_arm(uint64_t deadline_ns)
{
    uint64_t now = clock_ns(), count = 0;
    if (deadline_ns != UINT64_MAX) {
        uint64_t ns = deadline_ns > now ? deadline_ns - now : 0;
        count = (uint64_t)((unsigned __int128)ns * lapic_per_ns >> 32) + 1;
    }
    lapic_timer_start((uint32_t)min(count, (uint64_t)UINT32_MAX));
}

uint64_t clock_frequency(void)
{
    return (NS_PER_SECOND << 32) / clock_ns_per_cycle;
}

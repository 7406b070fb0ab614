/* /dev/tty1: the terminal on the VGA text screen and the keyboard.
 *
 * It is a driver for a terminal (dev/tty.h). Output is interpreted by vt.c, which writes to an
 * array of cells in memory; show() copies the cells that changed to the adapter, because its memory
 * is slow. Input comes by the keyboard's interrupt, as scan codes, which keymap.c converts to
 * bytes. */
/* SPDX-License-Identifier: MIT */
#include "abi/sysmacros.h"
#include "annex.h"
#include "dev/tty.h"
#include "keymap.h"
#include "vt.h"

#define VGA_TEXT 0xb8000

enum {
    VGA_INDEX = 0x3d4,
    VGA_DATA = 0x3d5,
    VGA_CURSOR_SHAPE = 0x0a,
    VGA_CURSOR_HIGH = 0x0e,
    VGA_CURSOR_LOW = 0x0f,
    VGA_HIDDEN = 0x20,
    VGA_LINE = 13, /* the line of a character, of 16, at which the cursor begins */
    VGA_STATE = 0x3cc,
    KEYBOARD_DATA = 0x60,
    KEYBOARD_STATUS = 0x64, /* status when read, commands when written */
    KEYBOARD_FULL = 1,      /* a byte can be read */
    KEYBOARD_BUSY = 2,      /* the controller has not read our last byte yet */
    KEYBOARD_MOUSE = 0x20,
    COMMAND_READ_SETTINGS = 0x20,
    COMMAND_WRITE_SETTINGS = 0x60,
    COMMAND_NO_MOUSE = 0xa7,
    COMMAND_OFF = 0xad,
    COMMAND_ON = 0xae,
    SETTING_INTERRUPT = 0x01,
    SETTING_OFF = 0x10,
    SETTING_TRANSLATE = 0x40, /* to scan set 1 */
    KEYBOARD_SCAN = 0xf4,     /* for the keyboard: begin to send */
    ABSENT = 0xff,
};

/* Guarded by screen.lock. */
static struct tty screen;
static struct vt vt;
static struct keymap keys;
static uint16_t shown[VT_ROWS][VT_COLUMNS]; /* what the adapter shows: writing to it is slow */
static int shown_cursor;
static bool has_adapter;

/* ---- The screen ---- */

static void vga_set(uint8_t index, uint8_t value)
{
    port_out8(VGA_INDEX, index);
    port_out8(VGA_DATA, value);
}

/* Shows the cursor at its place, or hides it. */
static void show_cursor(void)
{
    int at = vt.hidden || vt.back > 0 ? -1 : vt.cursor.row * VT_COLUMNS + vt.cursor.column;
    if (at == shown_cursor)
        return;
    if ((at < 0) != (shown_cursor < 0))
        vga_set(VGA_CURSOR_SHAPE, at < 0 ? VGA_HIDDEN : VGA_LINE);
    if (at >= 0) {
        vga_set(VGA_CURSOR_HIGH, at >> 8);
        vga_set(VGA_CURSOR_LOW, at);
    }
    shown_cursor = at;
}

/* Copies what has changed to the adapter's memory. */
static void show(void)
{
    volatile uint16_t *memory = phys_to_virt(VGA_TEXT);
    if (!has_adapter)
        return;
    for (int row = 0; row < VT_ROWS; row++) {
        if (!vt.dirty[row])
            continue;
        vt.dirty[row] = false;
        const uint16_t *cells = vt_view(&vt, row);
        for (int column = 0; column < VT_COLUMNS; column++) {
            if (shown[row][column] == cells[column])
                continue;
            shown[row][column] = cells[column];
            memory[row * VT_COLUMNS + column] = cells[column];
        }
    }
    show_cursor();
}

static size_t screen_write(struct tty *tty, const uint8_t *bytes, size_t n)
{
    vt_write(&vt, bytes, n);
    keys.application_keys = vt.application_keys;
    show();
    if (vt.reply_length > 0) {
        size_t length = vt.reply_length;
        vt.reply_length = 0; /* before the call: its echo comes here again */
        tty_receive(tty, (uint8_t *)vt.reply, length);
    }
    return n;
}

static size_t screen_room(struct tty *tty)
{
    (void)tty;
    return PAGE_SIZE;
}

/* Input comes by interrupts; none is kept here. */
static void screen_fill(struct tty *tty)
{
    (void)tty;
}

/* The terminal itself stops writers. */
static void screen_hold(struct tty *tty, bool held)
{
    (void)tty;
    (void)held;
}

static size_t screen_queued(struct tty *tty)
{
    (void)tty;
    return 0;
}

static void screen_discard(struct tty *tty)
{
    (void)tty;
}

static const struct tty_driver screen_driver = {
    .write = screen_write,
    .room = screen_room,
    .fill = screen_fill,
    .hold = screen_hold,
    .queued = screen_queued,
    .discard = screen_discard,
};

/* ---- The keyboard ---- */

static void keyboard_interrupt(void)
{
    spin_lock(&screen.lock);
    for (int i = 0; i < 64; i++) {
        uint8_t bytes[KEYMAP_LONGEST], status = port_in8(KEYBOARD_STATUS);
        if (!(status & KEYBOARD_FULL))
            break;
        uint8_t code = port_in8(KEYBOARD_DATA);
        if (!(status & KEYBOARD_MOUSE))
            tty_receive(&screen, bytes, keymap_translate(&keys, code, bytes));
        if (keys.asked)
            sysrq_ask(keys.asked);
        keys.asked = '\0';
    }
    if (keys.pages != 0) {
        vt_look_back(&vt, keys.pages * VT_ROWS / 2);
        keys.pages = 0;
        show();
    }
    tty_unlock(&screen);
    sysrq_answer();
}

/* Sends a byte to the controller when it is ready. False if it never is. */
static bool keyboard_send(uint16_t port, uint8_t byte)
{
    for (int tries = 0; tries < 10000; tries++) {
        if (port_in8(KEYBOARD_STATUS) & KEYBOARD_BUSY)
            continue;
        port_out8(port, byte);
        return true;
    }
    return false;
}

/* The next byte from the controller, or -1 if none comes. */
static int keyboard_receive(void)
{
    for (int tries = 0; tries < 10000; tries++)
        if (port_in8(KEYBOARD_STATUS) & KEYBOARD_FULL)
            return port_in8(KEYBOARD_DATA);
    return -1;
}

static void keyboard_empty(void)
{
    for (int i = 0; i < 64 && port_in8(KEYBOARD_STATUS) & KEYBOARD_FULL; i++)
        port_in8(KEYBOARD_DATA);
}

/* Switches the keyboard on, with its interrupt and scan set 1, whatever the firmware has done.
 * False if there is none. */
static bool keyboard_start(void)
{
    if (port_in8(KEYBOARD_STATUS) == ABSENT)
        return false;
    keyboard_send(KEYBOARD_STATUS, COMMAND_OFF);
    keyboard_send(KEYBOARD_STATUS, COMMAND_NO_MOUSE);
    keyboard_empty();
    keyboard_send(KEYBOARD_STATUS, COMMAND_READ_SETTINGS);
    int settings = keyboard_receive();
    if (settings < 0)
        return false;
    settings = (settings | SETTING_INTERRUPT | SETTING_TRANSLATE) & ~SETTING_OFF;
    keyboard_send(KEYBOARD_STATUS, COMMAND_WRITE_SETTINGS);
    keyboard_send(KEYBOARD_DATA, settings);
    keyboard_send(KEYBOARD_STATUS, COMMAND_ON);
    keyboard_send(KEYBOARD_DATA, KEYBOARD_SCAN);
    keyboard_receive(); /* its acknowledgement */
    keyboard_empty();
    return true;
}

/* Clears the screen and registers the terminal. Without an adapter it shows nothing. */
static void screen_start(struct fs_context *fs, const char *command_line)
{
    (void)fs, (void)command_line;
    tty_init(&screen, DEVICE(TERMINAL_MAJOR, 1), &screen_driver, NULL);
    screen.size = (struct winsize){.ws_row = VT_ROWS, .ws_col = VT_COLUMNS};
    screen.line.termios.c_iflag |= IUTF8;
    vt_init(&vt);
    shown_cursor = -1;
    has_adapter = port_in8(VGA_STATE) != ABSENT;
    show();
    tty_register(&screen, "tty1", 0600);
    if (keyboard_start())
        irq_enable(IRQ_KEYBOARD, 1, keyboard_interrupt);
}

ANNEX(screen, ANNEX_DEVICES, screen_start);

/* What the two halves of the text screen share: vt.c reads bytes, vt_cells.c changes cells. */
/* SPDX-License-Identifier: MIT */
#pragma once

#include "vt.h"

uint8_t vt_colour(const struct vt *vt);
void vt_put(struct vt *vt, uint32_t code);
void vt_line_feed(struct vt *vt);
void vt_reverse_feed(struct vt *vt);
void vt_insert_cells(struct vt *vt, int n);
void vt_restore(struct vt *vt);
/* Performs a control sequence, whose parameters were read, by its last letter. */
void vt_perform(struct vt *vt, char letter);

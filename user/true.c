/* true: succeeds. It is the smallest program: its time is the least that running a program
 * takes. */
/* SPDX-License-Identifier: MIT */
int main(void)
{
    return 0;
}

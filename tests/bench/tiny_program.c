/* The smallest program that exec can be timed with. */
/* SPDX-License-Identifier: MIT */
int main(void)
{
    return 0;
}

/* true: succeeds. It is the smallest program: its time is the least that running a program
 * takes. */
int main(void)
{
    return 0;
}

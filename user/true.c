/* true: succeeds. The smallest program: what it costs to run it is what it costs to run anything.
 */
int main(void)
{
    return 0;
}

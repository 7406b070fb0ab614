/* The smallest program that exec can be timed with. */
int main(void)
{
    return 0;
}

/* main.c - prints the version. */
#include <stdio.h>

int main(void)
{
    return puts("trawl " PACKAGE_VERSION) < 0;
}

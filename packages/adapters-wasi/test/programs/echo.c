/*
 * A program as effects use them: says what it was given, and leaves files.
 *
 *   echo copy <from> <to>    copies a file
 *   echo upper               standard input in capitals on standard output
 *   echo exit <code>         ends so, having said so on standard error
 *   echo chance              some random bytes and the time, as text
 *   echo quiet               ends well without a word
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static int copy(const char *from, const char *to) {
  static char part[65536];
  FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
  if (!in || !out) return perror(in ? to : from), 1;
  for (size_t size; (size = fread(part, 1, sizeof part, in)) > 0;) fwrite(part, 1, size, out);
  fclose(in);
  return fclose(out);
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "quiet";
  if (strcmp(verb, "copy") == 0 && argc == 4) return copy(argv[2], argv[3]);
  if (strcmp(verb, "upper") == 0) {
    for (int c; (c = getchar()) != EOF;) putchar(toupper(c));
    return 0;
  }
  if (strcmp(verb, "exit") == 0 && argc == 3) {
    fprintf(stderr, "%s ends with %s\n", argv[0], argv[2]);
    return atoi(argv[2]);
  }
  if (strcmp(verb, "chance") == 0) {
    unsigned char bytes[8];
    getentropy(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) printf("%02x", bytes[i]);
    printf(" %lld\n", (long long)time(NULL));
    return 0;
  }
  return 0;
}

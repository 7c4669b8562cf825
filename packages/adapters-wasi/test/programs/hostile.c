/*
 * Programs that mean no good, by name: each wants something without end, or ends in a bad way.
 * `wait` and `memory` end well: time passes for who looks at it, and memory ends somewhere.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static char block[65536];

static volatile int depth;
static int deeper(int n) {
  char here[4096];
  memset(here, n, sizeof here);
  depth = n;
  return deeper(n + 1) + here[n % 4096];
}

static int __attribute__((noinline)) deepest(int n) {
  depth = n;
  return n == 0 ? 0 : deepest(n + 1) * depth + deepest(n ^ depth ^ 1);
}

static void fill_disk(void) {
  int fd = open("full", O_WRONLY | O_CREAT, 0666);
  for (;;) write(fd, block, sizeof block);
}

static void fill_with_gaps(void) {
  int fd = open("gap", O_WRONLY | O_CREAT, 0666);
  lseek(fd, 1LL << 60, SEEK_SET);
  write(fd, "x", 1);
}

static void fill_unseen(void) {
  for (;;) {
    int fd = open("unseen", O_WRONLY | O_CREAT, 0666);
    for (int i = 0; i < 8; i++) write(fd, block, sizeof block);
    unlink("unseen");
  }
}

static void fill_names(void) {
  char path[32];
  for (int i = 0;; i++) {
    snprintf(path, sizeof path, "f%d", i);
    close(open(path, O_WRONLY | O_CREAT, 0666));
  }
}

static void fill_depth(void) {
  for (;;) {
    mkdir("deep", 0777);
    chdir("deep");
  }
}

static void keep_memory(void) {
  size_t got = 0;
  for (volatile char *part; (part = malloc(1 << 20)); got++) part[0] = 1;
  printf("%zu\n", got);
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "";
#define IS(what) (strcmp(name, what) == 0)
  if (IS("loop")) for (;;) depth++;
  if (IS("wait")) for (time_t since = time(NULL);; ) if (time(NULL) - since > 1) return puts("done") < 0;
  if (IS("sleep")) for (;;) sleep(1000000);
  if (IS("said")) for (;;) fwrite(block, 1, sizeof block, stdout);
  if (IS("erred")) for (;;) fwrite(block, 1, sizeof block, stderr);
  if (IS("disk")) fill_disk();
  if (IS("gap")) fill_with_gaps();
  if (IS("unseen")) fill_unseen();
  if (IS("names")) fill_names();
  if (IS("depth")) fill_depth();
  if (IS("memory")) keep_memory();
  if (IS("stack")) return deeper(1);
  if (IS("calls")) return deepest(1);
  if (IS("trap")) fprintf(stderr, "last words\n"), __builtin_trap();
  if (IS("null")) return *(volatile int *)0xfffffff0;
  if (IS("abort")) abort();
  return 0;
}

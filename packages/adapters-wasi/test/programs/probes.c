/*
 * What a host of WASI programs has to get right, asked with the C library alone. Says a line for
 * each question, `ok` or `wrong`, and exits with the number of wrong ones.
 *
 * Asked for: /in.txt with "0123456789" in it, /sub/deep.txt, "given" on standard input.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int wrong;

static void say(const char *what, int holds) {
  printf("%s %s\n", holds ? "ok" : "wrong", what);
  fflush(stdout);
  wrong += !holds;
}

static const char *contents(const char *path) {
  static char text[256];
  FILE *file = fopen(path, "r");
  size_t size = file ? fread(text, 1, sizeof text - 1, file) : 0;
  text[size] = 0;
  if (file) fclose(file);
  return text;
}

static int holds(const char *path, const char *text) { return strcmp(contents(path), text) == 0; }

static void put(const char *path, const char *text) {
  FILE *file = fopen(path, "w");
  fputs(text, file);
  fclose(file);
}

static long size_of(const char *path) {
  struct stat found;
  return stat(path, &found) == 0 ? (long)found.st_size : -1;
}

static void files(void) {
  FILE *file = fopen("in.txt", "r+");
  fseek(file, 2, SEEK_SET);
  fputs("XY", file);
  fclose(file);
  say("writing over bytes", holds("in.txt", "01XY456789"));

  int fd = open("gap", O_RDWR | O_CREAT, 0666);
  lseek(fd, 100, SEEK_SET);
  int put_one = write(fd, "z", 1) == 1;
  close(fd);
  say("writing behind the end", put_one && size_of("gap") == 101 && contents("gap")[99] == 0);

  put("log", "a");
  int first = open("log", O_WRONLY | O_APPEND), second = open("log", O_WRONLY | O_APPEND);
  write(first, "b", 1), write(second, "c", 1), write(first, "d", 1);
  close(first), close(second);
  say("appending from two places", holds("log", "abcd"));

  fd = open("log", O_RDWR);
  char two[3] = {0};
  say("reading at a place", pread(fd, two, 2, 1) == 2 && strcmp(two, "bc") == 0);
  say("writing at a place", pwrite(fd, "Q", 1, 2) == 1 && lseek(fd, 0, SEEK_CUR) == 0);
  say("cutting a file", ftruncate(fd, 3) == 0 && size_of("log") == 3 && holds("log", "abQ"));
  say("growing a file", ftruncate(fd, 10) == 0 && size_of("log") == 10 && contents("log")[5] == 0);
  close(fd);

  fd = open("log", O_RDONLY);
  say("not writing what is open for reading", write(fd, "x", 1) == -1);
  close(fd);
  fd = open("log", O_WRONLY | O_TRUNC);
  say("truncating at opening", size_of("log") == 0);
  say("not reading what is open for writing", read(fd, two, 1) == -1);
  close(fd);
  say("not making what exists", open("log", O_CREAT | O_EXCL | O_RDWR, 0666) == -1 && errno == EEXIST);
  fd = open("gone", O_RDWR | O_CREAT, 0666);
  write(fd, "kept", 4), unlink("gone");
  char four[5] = {0};
  say("an open file without a name", pread(fd, four, 4, 0) == 4 && strcmp(four, "kept") == 0);
  close(fd);
}

static void names(void) {
  put("from", "moved"), put("to", "old");
  say("renaming over a file", rename("from", "to") == 0 && holds("to", "moved") && size_of("from") < 0);
  mkdir("dir", 0777), put("dir/x", "x");
  say("not removing a full directory", rmdir("dir") == -1 && errno == ENOTEMPTY);
  say("not moving a directory into itself", rename("dir", "dir/in") == -1 && holds("dir/x", "x"));
  say("renaming a directory", rename("dir", "other") == 0 && holds("other/x", "x"));
  say("not opening a directory for writing", open("other", O_WRONLY) == -1 && errno == EISDIR);
  say("not unlinking a directory", unlink("other") == -1);
  say("a file is no directory", open("in.txt/x", O_RDONLY) == -1 && errno == ENOTDIR);
  say("a slash asks for a directory", open("in.txt/", O_RDONLY) == -1);
  say("absolute and dotted paths", holds("/in.txt", contents("./sub/../in.txt")) && size_of("/in.txt") == 10);
  say("no way out", open("../in.txt", O_RDONLY) == -1 && open("/../etc/passwd", O_RDONLY) == -1);
  say("no files of a machine", open("/etc/passwd", O_RDONLY) == -1 && open("/dev/null", O_RDONLY) == -1);
}

static void lists(void) {
  char path[32];
  mkdir("many", 0777);
  for (int i = 0; i < 200; i++) {
    snprintf(path, sizeof path, "many/%d-some-name", i);
    put(path, "");
  }
  int seen = 0, removed = 0;
  struct dirent *entry;
  DIR *dir = opendir("many");
  while ((entry = readdir(dir))) seen += entry->d_name[0] != '.';
  say("listing a large directory", seen == 200);
  rewinddir(dir);
  while ((entry = readdir(dir))) {
    if (entry->d_name[0] == '.') continue;
    snprintf(path, sizeof path, "many/%s", entry->d_name);
    removed += unlink(path) == 0;
  }
  closedir(dir);
  say("removing while listing", removed == 200 && rmdir("many") == 0);
}

static void descriptors(void) {
  int first = open("in.txt", O_RDONLY);
  close(first);
  int again = open("in.txt", O_RDONLY);
  say("using numbers again", first == again);
  close(again);
  say("nothing under a closed number", read(again, &again, 1) == -1 && errno == EBADF);
  FILE *file = freopen("said", "w", stderr);
  if (file) fputs("into a file", stderr), fflush(stderr);
  say("standard error into a file", holds("said", "into a file"));
}

static void process(int argc, char **argv) {
  char text[16] = {0};
  say("arguments", argc == 3 && strcmp(argv[1], "one") == 0 && strcmp(argv[2], "") == 0);
  say("standard input", read(0, text, 15) == 5 && strcmp(text, "given") == 0 && read(0, text, 1) == 0);
  say("no environment", getenv("PATH") == NULL && getenv("HOME") == NULL);
  time_t before = time(NULL);
  struct timespec wait = {3600, 0};
  say("sleeping", nanosleep(&wait, NULL) == 0 && time(NULL) - before >= 3600);
  struct pollfd input = {.fd = 0, .events = POLLIN};
  say("polling", poll(&input, 1, 1000) == 1);
  unsigned char chance[40] = {0}, none[40] = {0};
  say("chance", getentropy(chance, 40) == 0 && memcmp(chance, none, 40) != 0);
}

int main(int argc, char **argv) {
  process(argc, argv);
  files();
  names();
  lists();
  descriptors();
  return wrong;
}

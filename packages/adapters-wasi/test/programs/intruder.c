/*
 * A program that looks for ways out of its run. Says the name of each error that it met, once, and
 * what it found behind whatever opened.
 *
 *   intruder read <path>...    files of the machine, from every descriptor there might be
 *   intruder write <path>...   the same places, to leave something there: files, names, links
 *   intruder list              what it has open, and what lies there
 *   intruder environment       variables
 *   intruder sockets           every descriptor as if it were one
 *   intruder clock             the seconds since 1970
 *   intruder signal            ends its process, and with it whoever else is in that
 *   intruder memory            as much of it as there is
 *   intruder say <text>        the text, and does nothing else
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <wasi/api.h>

#define DESCRIPTORS 1024
#define ALL_RIGHTS ((__wasi_rights_t)0x3fffffff)

extern char **environ;

/* A call of WASI that the C library has no name for. */
int raise_signal(int number)
    __attribute__((import_module("wasi_snapshot_preview1"), import_name("proc_raise")));

static void met(int error) {
  static char known[256];
  if (error < 0 || error > 255 || known[error]) return;
  known[error] = 1;
  switch (error) {
    case EBADF: puts("EBADF"); break;
    case EEXIST: puts("EEXIST"); break;
    case EINVAL: puts("EINVAL"); break;
    case EISDIR: puts("EISDIR"); break;
    case ENOENT: puts("ENOENT"); break;
    case ENOMEM: puts("ENOMEM"); break;
    case ENOTDIR: puts("ENOTDIR"); break;
    case ENOTSOCK: puts("ENOTSOCK"); break;
    case ENOTSUP: puts("ENOTSUP"); break;
    case ENOTCAPABLE: puts("ENOTCAPABLE"); break;
    default: printf("E%d\n", error);
  }
}

static void show(int fd) {
  char text[4096];
  ssize_t size = read(fd, text, sizeof text);
  if (size < 0) met(errno);
  else fwrite(text, 1, size, stdout);
  close(fd);
}

static void read_from(const char *path) {
  int own = open(path, O_RDONLY);
  if (own < 0) met(errno);
  else show(own);
  for (__wasi_fd_t at = 0; at < DESCRIPTORS; at++) {
    __wasi_fd_t fd;
    int error = __wasi_path_open(at, 1, path, 0, ALL_RIGHTS, ALL_RIGHTS, 0, &fd);
    if (error) met(error);
    else show(fd);
  }
  // a link leads where nothing else does, if there are links
  int error = __wasi_path_symlink(path, 3, "way");
  if (error) met(error);
  else show(open("way", O_RDONLY));
}

static void write_to(const char *path) {
  FILE *own = fopen("mine", "w");
  if (own) fputs("left", own), fclose(own);
  int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (fd < 0) met(errno);
  else write(fd, "left", 4), close(fd);
  if (mkdir(path, 0777)) met(errno);
  for (__wasi_fd_t at = 0; at < DESCRIPTORS; at++) {
    __wasi_fd_t opened;
    int error = __wasi_path_open(at, 1, path, 1, ALL_RIGHTS, ALL_RIGHTS, 0, &opened);
    if (error) met(error);
    else write(opened, "left", 4), close(opened);
    met(__wasi_path_rename(3, "mine", at, path));
    met(__wasi_path_link(3, 0, "mine", at, path));
    met(__wasi_path_unlink_file(at, path));
    met(__wasi_path_create_directory(at, path));
  }
}

static void list(void) {
  for (__wasi_fd_t at = 0; at < DESCRIPTORS; at++) {
    __wasi_prestat_t stat;
    char name[256] = {0};
    int error = __wasi_fd_prestat_get(at, &stat);
    if (!error) error = __wasi_fd_prestat_dir_name(at, (uint8_t *)name, stat.u.dir.pr_name_len);
    if (error) met(error);
    else printf("open %s\n", name);
  }
  DIR *root = opendir("/");
  for (struct dirent *entry; root && (entry = readdir(root));) printf("lies %s\n", entry->d_name);
}

static void sockets(void) {
  uint8_t byte = 'x';
  __wasi_ciovec_t out = {&byte, 1};
  __wasi_iovec_t in = {&byte, 1};
  for (__wasi_fd_t at = 0; at < DESCRIPTORS; at++) {
    __wasi_size_t size;
    __wasi_roflags_t flags;
    __wasi_fd_t other;
    met(__wasi_sock_send(at, &out, 1, 0, &size));
    met(__wasi_sock_recv(at, &in, 1, 0, &size, &flags));
    met(__wasi_sock_accept(at, 0, &other));
    met(__wasi_sock_shutdown(at, 3));
  }
}

int main(int argc, char **argv) {
  const char *verb = argc > 1 ? argv[1] : "";
#define IS(what) (strcmp(verb, what) == 0)
  if (IS("read")) for (int i = 2; i < argc; i++) read_from(argv[i]);
  if (IS("write")) for (int i = 2; i < argc; i++) write_to(argv[i]);
  if (IS("list")) list();
  if (IS("environment")) {
    puts("nothing");
    for (char **each = environ; each && *each; each++) puts(*each);
  }
  if (IS("sockets")) sockets();
  if (IS("clock")) printf("clock %lld\n", (long long)time(NULL));
  if (IS("signal")) met(raise_signal(9));
  if (IS("memory")) {
    for (volatile char *part; (part = malloc(1 << 20));) part[0] = 1;
    met(errno);
  }
  if (IS("say") && argc == 3) puts(argv[2]);
  return 0;
}

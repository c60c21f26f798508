/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* Landlock: from here on the process reaches its own folder, what the library asks of the machine
 * (processors, memory), and nothing else of the disk; and it opens no connection. The grants of
 * its users say the same, but not for everything: SELECT file('/etc/passwd') asks for none.
 *
 * Where the kernel has no Landlock (before 5.13, connections before 6.7) the grants stand alone.
 */
#include "node.h"

#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than the headers of some systems. */
enum {
    FS_TRUNCATE = 1 << 14,
    FS_IOCTL_DEV = 1 << 15,
    NET_CONNECT_TCP = 1 << 1,
};

/* struct landlock_ruleset_attr as of version 4. */
struct ruleset {
    uint64_t fs, net;
};

enum { ABI_REFER = 2, ABI_TRUNCATE = 3, ABI_NET = 4, ABI_IOCTL = 5 };

static const uint64_t read_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
static const uint64_t file_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;

static const struct {
    const char *path;
    bool writes;
} machine[] = {
    {"/dev/null", true},      {"/dev/urandom", false},   {"/dev/random", false},
    {"/proc/self", false},    {"/proc/meminfo", false},  {"/proc/stat", false},
    {"/proc/cpuinfo", false}, {"/proc/loadavg", false},  {"/proc/uptime", false},
    {"/proc/vmstat", false},  {"/proc/sys/vm", false},   {"/proc/sys/kernel", false},
    {"/sys/devices", false},  {"/sys/fs/cgroup", false},
};

static uint64_t handled_fs(long abi)
{
    uint64_t all = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

    if (abi >= ABI_REFER)
        all |= LANDLOCK_ACCESS_FS_REFER;
    if (abi >= ABI_TRUNCATE)
        all |= FS_TRUNCATE;
    if (abi >= ABI_IOCTL)
        all |= FS_IOCTL_DEV;
    return all;
}

/* A path that does not exist needs no rule. */
static void allow(int ruleset, const char *path, uint64_t access)
{
    struct landlock_path_beneath_attr rule = {.allowed_access = access};

    rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
    if (rule.parent_fd < 0)
        return;
    if (syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0))
        die(EXIT_OTHER, "cannot confine the engine to its folder (%s)", path);
    close(rule.parent_fd);
}

static bool is_folder(const char *path)
{
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

void confine(const char *dir)
{
    long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
    struct ruleset all = {.fs = handled_fs(abi), .net = NET_CONNECT_TCP};
    size_t size = abi >= ABI_NET ? sizeof(all) : sizeof(all.fs);
    int ruleset;

    if (abi < 1)
        return;
    ruleset = (int)syscall(SYS_landlock_create_ruleset, &all, size, 0);
    if (ruleset < 0)
        die(EXIT_OTHER, "cannot confine the engine to its folder");
    allow(ruleset, dir, all.fs);
    for (size_t i = 0; i < sizeof(machine) / sizeof(machine[0]); i++)
        allow(ruleset, machine[i].path,
              machine[i].writes            ? file_access
              : is_folder(machine[i].path) ? read_access
                                           : LANDLOCK_ACCESS_FS_READ_FILE);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || syscall(SYS_landlock_restrict_self, ruleset, 0))
        die(EXIT_OTHER, "cannot confine the engine to its folder");
    close(ruleset);
}

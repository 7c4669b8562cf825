// What a command leaves behind goes when it ends, however it ends: processes, mounts, folders. A
// shell waits for the end of a pipe that only we hold open, which a SIGKILL closes as well.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Arguments: the folder. Processes are told by their environment, which children inherit; where
 * there is no /proc, only the folder goes. A second look finds whoever was started meanwhile.
 */
const SWEEP = `
cat > /dev/null
for look in 1 2; do
  for each in /proc/[0-9]*; do
    tr '\\0' '\\n' < "$each/environ" | grep -qxF "TMPDIR=$1" && kill -KILL "\${each#/proc/}"
  done
done
awk -v folder="$1/" 'index($2, folder) == 1 { print $2 }' /proc/mounts | sort -r |
  while read -r mount; do umount -l "$mount"; done
rm -rf "$1"
`;

/**
 * A new folder for all that is temporary, which children must be given as TMPDIR; `release` takes
 * away what is there, as our end does.
 * @param {string} name
 */
export function guardedFolder(name) {
  const folder = mkdtempSync(join(tmpdir(), `${name}-`));
  // a group of its own: Ctrl-C is not for it
  const child = spawn('sh', ['-c', SWEEP, 'sh', folder], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  return {
    folder,
    release: () => {
      child.stdin.end();
      return ended;
    },
  };
}

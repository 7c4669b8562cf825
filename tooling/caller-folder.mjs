// Where a command was given. npm runs scripts in the root of the project and says where it was
// called; a program that takes paths from people belongs there.

/** Scripts whose arguments are paths of whoever calls. The others work in the root. */
const takesPaths = ['aos'];

/**
 * The folder to work in, undefined to stay.
 * @param {NodeJS.ProcessEnv} env @returns {string | undefined}
 */
export function callerFolder({ npm_lifecycle_event: script, INIT_CWD: folder }) {
  return takesPaths.includes(script ?? '') && folder ? folder : undefined;
}

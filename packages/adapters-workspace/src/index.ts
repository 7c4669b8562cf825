export { Directories, Directory, EMPTY_ROOT, type ReadTree } from './tree/directory.js';
export {
  buildTree,
  type Edited,
  type FileContent,
  lookUp,
  type PlacedFile,
  removePath,
  writeFile,
} from './tree/edit.js';
export {
  foldName,
  joinPath,
  MAX_DEPTH,
  MAX_PATH_BYTES,
  nameProblem,
  parsePath,
} from './tree/path.js';
export { closureOf, diffTrees, type Listed, listTree, type TreeChange } from './tree/walk.js';

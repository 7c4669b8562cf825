export {
  assertWorkspaceName,
  decodeHeads,
  type Heads,
  type Version,
  WORKSPACE_REDUCER,
} from './heads.js';
export { Directories, EMPTY_ROOT, type ReadTree } from './tree/directory.js';
export {
  buildTree,
  type Edited,
  type FileContent,
  graft,
  lookUp,
  type PlacedFile,
  removePath,
  writeFile,
} from './tree/edit.js';
export { foldName, joinPath, nameProblem, parsePath } from './tree/path.js';
export { closureOf, diffTrees, type Listed, listTree, type TreeChange } from './tree/walk.js';
export { WORKSPACE_KINDS, WorkspaceAdapter } from './workspace-adapter.js';

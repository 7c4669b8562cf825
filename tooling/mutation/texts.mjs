// A plugin of Stryker: texts for people are no behaviour that we promise, codes and places are.
// Left out are the detail of a refusal, the message of an assertion and the advice of a denial, as
// far as they are literals; whatever decides between two texts is mutated like all else.

/** Where a text stands as an argument: name of the function → which argument. */
const textArguments = new Map([
  ['refuse', 2],
  ['refusal', 1],
  ['assert', 1],
  ['Defect', 0],
  ['paramsInvalid', 1],
  ['invalid', 0],
  ['failed', 1],
  ['shapeRefusal', 1],
  ['expect', 1],
  ['refused', 1],
]);

/** Variables and fields that hold one. */
const textNames = new Set(['advice', 'detail']);

/** `refuse` and `this.refusal` alike. @param {any} callee @returns {string} */
const nameOf = (callee) => callee.name ?? callee.property?.name;

/**
 * @typedef {object} NodePath  of Babel, as far as it is looked at
 * @property {any} node
 * @property {NodePath | null} parentPath
 * @property {string | number} key
 * @property {string} [listKey]
 */

/** @param {NodePath} path @returns {boolean} */
function isText(path) {
  const parent = path.parentPath;
  if (parent === null) return false;
  const { node } = parent;
  switch (node.type) {
    case 'ConditionalExpression':
      return path.key !== 'test' && isText(parent);
    case 'CallExpression':
    case 'NewExpression':
      return path.listKey === 'arguments' && textArguments.get(nameOf(node.callee)) === path.key;
    case 'VariableDeclarator':
      return path.key === 'init' && textNames.has(node.id.name);
    case 'ObjectProperty':
      return path.key === 'value' && textNames.has(node.key.name);
    default:
      return false;
  }
}

export const strykerPlugins = [
  {
    kind: 'Ignore',
    name: 'texts',
    value: {
      /** @param {NodePath} path */
      shouldIgnore(path) {
        const isLiteral =
          path.node.type === 'StringLiteral' || path.node.type === 'TemplateLiteral';
        return isLiteral && isText(path) ? 'a text for people' : undefined;
      },
    },
  },
];

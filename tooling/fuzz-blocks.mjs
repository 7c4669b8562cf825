// Marks in a bundle, by which every block of the product says that it has run.
//
// A block is a body of a function, a loop or a `catch`, a branch, one that is not written among
// them, a case, or the right side of `&&`, `||` and `??`. A mark asks one byte: it costs so little
// that each input is looked at by itself.
import { parseSync } from 'oxc-parser';

/** @typedef {{ type: string, start: number, end: number, [field: string]: unknown }} Node */

const PIECE = /^\/\/ ((?:\.\.\/)*(?:packages|apps|node_modules|tooling)\/\S+)$/gm;
const PRODUCT = /^(?:\.\.\/)*packages\/(?!testing\/)[^/]+\/src\//;

/** Fields that hold a block, by the type of the node: statements or expressions. */
const BLOCKS = new Map(
  Object.entries({
    ArrowFunctionExpression: ['body'],
    CatchClause: ['body'],
    ConditionalExpression: ['consequent', 'alternate'],
    DoWhileStatement: ['body'],
    ForInStatement: ['body'],
    ForOfStatement: ['body'],
    ForStatement: ['body'],
    FunctionDeclaration: ['body'],
    FunctionExpression: ['body'],
    IfStatement: ['consequent', 'alternate'],
    LogicalExpression: ['right'],
    WhileStatement: ['body'],
  }),
);

/**
 * The program with its marks. It says by `globalThis.aosBlocks()` how many blocks have run.
 * @param {string} program  a bundle, in which a comment names the file of each piece
 */
export function withMarks(program) {
  const { program: tree, errors } = parseSync('bundle.js', program);
  if (errors.length > 0) throw new Error(errors[0]?.message);
  const marker = new Marker(program, productPieces(program));
  const marked = marker.marked(/** @type {Node} */ (/** @type {unknown} */ (tree)));
  return `const aosSeen$ = new Uint8Array(${marker.count});
let aosCount$ = 0;
const aosMark$ = (block) => { aosSeen$[block] = 1; aosCount$ += 1; };
globalThis.aosBlocks = () => aosCount$;
${marked}`;
}

/** Where the product stands in the bundle. @param {string} program */
function productPieces(program) {
  const found = [...program.matchAll(PIECE)];
  return found.flatMap(({ index, 1: path = '' }, i) =>
    PRODUCT.test(path) ? [{ start: index, end: found[i + 1]?.index ?? program.length }] : [],
  );
}

class Marker {
  count = 0;

  /** @param {string} text @param {{ start: number, end: number }[]} pieces */
  constructor(text, pieces) {
    this.text = text;
    this.pieces = pieces;
  }

  /** The text of a whole program. @param {Node} tree */
  marked(tree) {
    const { text } = this;
    let [told, from] = ['', 0];
    for (const node of /** @type {Node[]} */ (tree.body)) {
      if (!this.isProduct(node)) continue;
      told += text.slice(from, node.start) + this.of(node);
      from = node.end;
    }
    return told + text.slice(from);
  }

  /** @param {Node} node */
  isProduct({ start }) {
    return this.pieces.some((piece) => piece.start <= start && start < piece.end);
  }

  /** The text of a node, its blocks marked. @param {Node} node @returns {string} */
  of(node) {
    const blocks = BLOCKS.get(node.type) ?? [];
    let [told, from] = ['', node.start];
    for (const [field, child] of childrenOf(node)) {
      // the name and the value of `{ a = 1 }` are at one place
      if (child.start < from) continue;
      told += this.text.slice(from, child.start);
      if (child === firstOfCase(node)) told += `${this.mark()};`;
      told += blocks.includes(field) ? this.block(child) : this.of(child);
      from = child.end;
    }
    told += this.text.slice(from, node.end);
    return node.type === 'IfStatement' && !node.alternate ? `${told} else {${this.mark()}}` : told;
  }

  /** @param {Node} node */
  block(node) {
    const told = this.of(node);
    if (node.type === 'BlockStatement') return `{${this.mark()};${told.slice(1)}`;
    return node.type.endsWith('Statement')
      ? `{${this.mark()};${told}}`
      : `(${this.mark()},${told})`;
  }

  /** The next one. */
  mark() {
    const block = this.count++;
    return `aosSeen$[${block}]||aosMark$(${block})`;
  }
}

/** By their places, the larger of two at one place first. @param {Node} node */
function childrenOf(node) {
  const children = Object.entries(node).flatMap(([field, value]) =>
    [value]
      .flat()
      .filter(isNode)
      .map((child) => /** @type {const} */ ([field, child])),
  );
  return children.sort(([, a], [, b]) => a.start - b.start || b.end - a.end);
}

/** @param {unknown} value @returns {value is Node} */
function isNode(value) {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** @param {Node} node */
function firstOfCase({ type, consequent }) {
  return type === 'SwitchCase' && Array.isArray(consequent) ? consequent[0] : undefined;
}

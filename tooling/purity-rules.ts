// What a pure package may not name, beyond what its type check already keeps away: clocks, chance,
// locale, waiting, and state that outlives a call.
import type { SourceRule } from './source-rules.js';
import { lineAt, type Node, parseProgram, walk } from './syntax.js';

const globals = new Set([
  ...['Date', 'Intl', 'Temporal', 'performance', 'crypto', 'process', 'globalThis', 'console'],
  ...['fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'structuredClone'],
  ...['Buffer', 'TextEncoder', 'TextDecoder', 'WeakRef', 'FinalizationRegistry', 'Promise'],
  ...['Atomics', 'SharedArrayBuffer', 'WebAssembly', 'eval', 'Function'],
]);

/** Members that answer differently by chance, by platform or by locale. */
const members = /^(random|toLocale\w+|localeCompare|sin|cos|tan|exp|log|log10|pow|cbrt|hypot)$/;

export const purity: SourceRule = (source) => {
  const found: string[] = [];
  const program = parseProgram(source);
  const report = (node: Node, what: string) => {
    found.push(`${lineAt(source.text, node.start)}: ${what}`);
  };
  walk(program, (node, parent) => {
    if (node.type === 'Identifier' && isRead(node, parent) && globals.has(String(node.name))) {
      report(node, `${node.name} in a pure package`);
    }
    if (node.type === 'MemberExpression' && members.test(memberName(node))) {
      report(node, `.${memberName(node)} in a pure package`);
    }
    if (node.async === true || node.type === 'AwaitExpression') {
      report(node, 'waiting in a pure package');
    }
  });
  for (const node of program.body as Node[]) {
    const declared = (node.declaration ?? node) as Node;
    if (declared.type === 'VariableDeclaration' && declared.kind !== 'const') {
      report(declared, 'module state that changes');
    }
  }
  return found;
};

function memberName(node: Node): string {
  return node.computed === true ? '' : String((node.property as Node).name);
}

/** A name that stands for a value, not the name of a field or of a type. */
function isRead(node: Node, parent: Node | undefined): boolean {
  if (parent === undefined || /^(TS|Method|PropertyDefinition)/.test(parent.type)) return false;
  if (parent.type === 'MemberExpression') return parent.object === node || parent.computed === true;
  if (parent.type === 'Property') return parent.value === node;
  return true;
}

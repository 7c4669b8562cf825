// The little that the house rules ask of a syntax tree.
import { parseSync } from 'oxc-parser';
import type { SourceFile } from './tree.js';

export interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

type Visit = (node: Node, parent: Node | undefined) => void;

/** The program of a source file; throws where it is not well-formed. */
export function parseProgram({ path, text }: SourceFile): Node {
  const { program, errors } = parseSync(path, text);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  return program as unknown as Node;
}

/** Calls `visit` for every node, parents first. */
export function walk(node: Node, visit: Visit, parent?: Node): void {
  visit(node, parent);
  for (const child of childrenOf(node)) walk(child, visit, node);
}

function childrenOf(node: Node): Node[] {
  return Object.values(node).flat().filter(isNode);
}

export function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'type' in value && 'start' in value;
}

/** One-based. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}

export interface FunctionFacts {
  readonly line: number;
  readonly lines: number;
  readonly parameters: readonly Node[];
  /** Written as an argument of a call: its parameters are the callee's choice. */
  readonly isCallback: boolean;
}

const functionTypes = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
]);

/** Every function with a body, methods and arrows included. */
export function functionsOf({ text }: SourceFile, program: Node): FunctionFacts[] {
  const found: FunctionFacts[] = [];
  walk(program, (node, parent) => {
    if (!functionTypes.has(node.type) || !isNode(node.body)) return;
    const line = lineAt(text, node.start);
    const parameters = (node.params as Node[]).filter((parameter) => parameter.name !== 'this');
    const isCallback = parent?.type === 'CallExpression';
    found.push({ line, lines: lineAt(text, node.end) - line + 1, parameters, isCallback });
  });
  return found;
}

/** A parameter that only says true or false. */
export function isBoolean(parameter: Node): boolean {
  if (parameter.type === 'AssignmentPattern') {
    const right = parameter.right as Node;
    return typeof right.value === 'boolean' || isBoolean(parameter.left as Node);
  }
  const annotation = parameter.typeAnnotation as Node | undefined;
  return (annotation?.typeAnnotation as Node | undefined)?.type === 'TSBooleanKeyword';
}

/** The text of a string literal or of a template without holes. */
export function textOf(node: unknown): string | undefined {
  if (!isNode(node)) return undefined;
  if (node.type === 'Literal' && typeof node.value === 'string') return node.value;
  const quasis = node.type === 'TemplateLiteral' ? (node.quasis as Node[]) : [];
  return quasis.length === 1
    ? (quasis[0]?.value as { cooked: string } | undefined)?.cooked
    : undefined;
}

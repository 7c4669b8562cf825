// Which error codes the sources use. A code is a kebab-case text that goes into something called
// `code`: a parameter of a function or constructor, a field, a constant; or that comes out of a
// function named …Code, or of one that answers with either a value or a text.
import { isNode, type Node, parseProgram, textOf, walk } from './syntax.js';
import type { SourceFile } from './tree.js';

const kebabCase = /^[a-z0-9]+(-[a-z0-9]+)+$/;
/** A code of one word counts where it is given to an error or is a field of it. */
const oneWord = /^[a-z]+$/;
const codeName = /^code$|Codes?$|_CODES?$/;

/** Places of parameters called `code`, by the name of the function or class. */
type CodeParameters = Map<string, Set<number>>;

/** Every code in use, with the file that uses it first. */
export function codesInUse(sources: readonly SourceFile[]): Map<string, string> {
  const programs = sources.map((source) => ({ path: source.path, program: parseProgram(source) }));
  const parameters: CodeParameters = new Map();
  for (const { program } of programs) collectParameters(program, parameters);
  const found = new Map<string, string>();
  for (const { path, program } of programs) {
    let superName = '';
    walk(program, (node) => {
      if (node.type === 'ClassDeclaration') superName = String((node.superClass as Node)?.name);
      for (const code of codesAt(node, superName, parameters).flatMap(texts)) {
        const isCode = kebabCase.test(code) || (givesCode(node) && oneWord.test(code));
        if (isCode && !found.has(code)) found.set(code, path);
      }
    });
  }
  return found;
}

/** Every text of the sources, to see whether a documented code still exists. */
export function allTexts(sources: readonly SourceFile[]): Set<string> {
  const found = new Set<string>();
  for (const source of sources) {
    walk(parseProgram(source), (node) => {
      const text = textOf(node);
      if (text !== undefined) found.add(text);
    });
  }
  return found;
}

/** Codes that a page explains: in backticks, first in a table row, list item or heading. */
export function codesDocumented(markdown: string): string[] {
  const first = /^(?:\||[-*]|#+)\s*`([a-z0-9-]+)`/gm;
  return [...markdown.matchAll(first)].map((match) => match[1] ?? '');
}

function collectParameters(program: Node, found: CodeParameters): void {
  walk(program, (node, parent) => {
    if (!Array.isArray(node.params)) return;
    const index = (node.params as Node[]).findIndex((each) => codeName.test(parameterName(each)));
    const name = index < 0 ? undefined : functionName(node, parent, program);
    if (name !== undefined) found.set(name, (found.get(name) ?? new Set()).add(index));
  });
}

function parameterName(parameter: Node): string {
  if (parameter.type === 'AssignmentPattern') return parameterName(parameter.left as Node);
  if (parameter.type === 'TSParameterProperty') return parameterName(parameter.parameter as Node);
  return String(parameter.name);
}

function functionName(node: Node, parent: Node | undefined, program: Node): string | undefined {
  const own = (node.id ?? parent?.id ?? parent?.key) as Node | undefined;
  return own?.name === 'constructor' ? classAround(node, program) : (own?.name as string);
}

function classAround(node: Node, program: Node): string | undefined {
  let name: string | undefined;
  walk(program, (each) => {
    const isAround = each.start < node.start && each.end >= node.end;
    if (each.type === 'ClassDeclaration' && isAround) name = (each.id as Node).name as string;
  });
  return name;
}

/** The expressions that this node puts into something called `code`. */
function codesAt(node: Node, superName: string, parameters: CodeParameters): unknown[] {
  switch (node.type) {
    case 'CallExpression':
    case 'NewExpression': {
      const name = calleeName(node.callee as Node, superName);
      return [...(parameters.get(name) ?? [])].map((index) => (node.arguments as Node[])[index]);
    }
    case 'Property':
      return isCodeName(node.key) ? [node.value] : [];
    case 'VariableDeclarator':
      return isCodeName(node.id) ? [node.init] : [];
    case 'AssignmentPattern':
      return isCodeName(node.left) ? [node.right] : [];
    case 'TSTypeAliasDeclaration':
      return isCodeName(node.id) ? membersOf(node.typeAnnotation) : [];
    case 'FunctionDeclaration':
      return isCodeName(node.id) || answersText(node) ? returnsOf(node) : [];
    default:
      return [];
  }
}

function givesCode({ type }: Node): boolean {
  return type === 'NewExpression' || type === 'Property';
}

function calleeName(callee: Node, superName: string): string {
  if (callee.type === 'Super') return superName;
  return String(callee.name ?? (callee.property as Node | undefined)?.name);
}

/** Declared to return `… | string`: the text says why there is no value. */
function answersText(node: Node): boolean {
  const declared = (node.returnType as Node | null)?.typeAnnotation as Node | undefined;
  if (declared?.type !== 'TSUnionType') return false;
  return (declared.types as Node[]).some((type) => type.type === 'TSStringKeyword');
}

/** Members of a union of texts: `'a-b' | 'c-d'`. */
function membersOf(type: unknown): unknown[] {
  return ((type as { types?: Node[] }).types ?? []).map((each) => each.literal);
}

function isCodeName(name: unknown): boolean {
  return isNode(name) && codeName.test(String(name.name));
}

function returnsOf(node: Node): unknown[] {
  const found: unknown[] = [];
  walk(node, (each) => {
    if (each.type === 'ReturnStatement') found.push(each.argument);
  });
  return found;
}

/** The texts an expression can have: either arm of a choice, every value of a table. */
function texts(expression: unknown): string[] {
  if (!isNode(expression)) return [];
  const text = textOf(expression);
  if (text !== undefined) return [text];
  switch (expression.type) {
    case 'ConditionalExpression':
      return [expression.consequent, expression.alternate].flatMap(texts);
    case 'LogicalExpression':
      return [expression.left, expression.right].flatMap(texts);
    case 'TSAsExpression':
    case 'TSSatisfiesExpression':
      return texts(expression.expression);
    case 'ArrayExpression':
      return (expression.elements as Node[]).flatMap(texts);
    case 'ObjectExpression':
      return (expression.properties as Node[]).flatMap((property) => texts(property.value));
    default:
      return [];
  }
}

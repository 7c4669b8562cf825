// The house rules about one source file. Each rule answers with what it found, as `line: what`.
import { functionsOf, isBoolean, isNode, lineAt, type Node, parseProgram, walk } from './syntax.js';
import { isTest, type SourceFile } from './tree.js';

export type SourceRule = (source: SourceFile) => string[];

const maxFileLines = 400;
const maxColumns = 100;
const maxFunctionLines = 70;
const maxParameters = 4;

const countLines = (text: string) => text.split('\n').length - 1;

const fileLength: SourceRule = ({ path, text }) => {
  const lines = countLines(text);
  return lines > maxFileLines && !isTest(path) ? [`${lines} lines, at most ${maxFileLines}`] : [];
};

const lineWidth: SourceRule = ({ text }) =>
  grep(text, (line) => line.length > maxColumns && !/https?:\/\/\S{40}/.test(line)).map(
    ({ number, line }) => `${number}: ${line.length} columns, at most ${maxColumns}`,
  );

const unfinished: SourceRule = ({ text }) =>
  grep(text, (line) => /\b(TO[D]O|FIX[M]E|X[X]X|HA[C]K)\b/.test(line)).map(
    ({ number }) => `${number}: a mark of unfinished work`,
  );

const hidden: SourceRule = ({ text }) =>
  grep(text, (line) => /\.(only|skip|todo)\(|@ts-(ignore|nocheck)/.test(line)).map(
    ({ number }) => `${number}: a mark that hides a test or an error`,
  );

const starExport: SourceRule = (source) =>
  nodes(source, 'ExportAllDeclaration').map((at) => `${at}: export *, list the names`);

const indexLists: SourceRule = (source) => {
  if (!/^packages\/.*\/src\/(.*\/)?index\.ts$/.test(source.path)) return [];
  return (parseProgram(source).body as Node[])
    .filter((node) => node.type !== 'ExportNamedDeclaration' || !isNode(node.source))
    .map((node) => `${lineAt(source.text, node.start)}: an index only lists names of other files`);
};

const functionShape: SourceRule = (source) => {
  if (isTest(source.path)) return [];
  return functionsOf(source, parseProgram(source)).flatMap((facts) => {
    const { line, lines, parameters, isCallback } = facts;
    const found: string[] = [];
    if (lines > maxFunctionLines) {
      found.push(`${line}: a function of ${lines} lines, at most ${maxFunctionLines}`);
    }
    if (parameters.length > maxParameters) {
      found.push(`${line}: ${parameters.length} parameters, at most ${maxParameters}`);
    }
    if (parameters.length > 1 && parameters.some(isBoolean) && !isCallback) {
      found.push(`${line}: a bare boolean among the parameters`);
    }
    return found;
  });
};

function grep(text: string, matches: (line: string) => boolean) {
  return text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => matches(line));
}

function nodes(source: SourceFile, type: string): number[] {
  const found: number[] = [];
  walk(parseProgram(source), (node) => {
    if (node.type === type) found.push(lineAt(source.text, node.start));
  });
  return found;
}

/** Rules for all code. */
export const sourceRules: Readonly<Record<string, SourceRule>> = {
  'file length': fileLength,
  'line width': lineWidth,
  'nothing unfinished': unfinished,
  'nothing hidden': hidden,
  'no star export': starExport,
  'indexes list names': indexLists,
  'function shape': functionShape,
};

/** For every text of the repository: no path that exists on one machine only. */
export const machinePaths: SourceRule = ({ text }) =>
  grep(text, (line) => /(^|[^\w.~-])\/(work|farm|root|home|Users)\/\w/.test(line)).map(
    ({ number }) => `${number}: a path of one machine`,
  );

/** The forms in which outsides give a secret back. */

const hex = (code: number, size: number) => code.toString(16).padStart(size, '0');
const json = (text: string) => JSON.stringify(text).slice(1, -1);
const each = (text: string, one: (code: number) => string) =>
  [...text].map((letter) => one(letter.charCodeAt(0))).join('');

/** By name: what is made of a value in ASCII. */
export const FORMS: Readonly<Record<string, (value: string) => string>> = {
  plain: (value) => value,
  bare: (value) => value.replace(/^Bearer /, ''),
  base64: (value) => Buffer.from(value).toString('base64'),
  'base64-pair': (value) => Buffer.from(`u:${value}`).toString('base64'),
  'base64-url': (value) => Buffer.from(`no${value}`).toString('base64url'),
  'base64-lines': (value) => Buffer.from(value).toString('base64').replace(/.{6}/g, '$&\r\n'),
  hex: (value) => Buffer.from(value).toString('hex'),
  'hex-upper': (value) => Buffer.from(value).toString('hex').toUpperCase(),
  url: (value) => encodeURIComponent(value),
  'url-all': (value) => each(value, (code) => `%${hex(code, 2)}`),
  'url-twice': (value) => encodeURIComponent(encodeURIComponent(value)),
  form: (value) => new URLSearchParams([['key', value]]).toString(),
  json,
  'json-units': (value) => each(value, (code) => `\\u${hex(code, 4)}`),
  'json-twice': (value) => json(json(value)),
  entities: (value) => each(value, (code) => `&#${code};`),
  numbers: (value) => JSON.stringify([...Buffer.from(value)]),
};

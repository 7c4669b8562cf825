/**
 * The built-in capabilities. In the parameters of those that constrain, an absent or empty set
 * allows everything; but `allow_private` lists what is allowed beside public addresses, as ranges
 * like `10.0.0.0/8`.
 */
import type { DefCap } from '../forms/definitions.js';
import type { TypeFields } from '../forms/type-expr.js';
import { dec128, nat, option, record, set, text } from './builders.js';
import {
  CAP_ALLOW_ALL,
  CAP_ENFORCE_BLOB,
  CAP_ENFORCE_COMPILE,
  CAP_ENFORCE_GOVERNANCE,
  CAP_ENFORCE_HTTP_OUT,
  CAP_ENFORCE_LLM_BASIC,
  CAP_ENFORCE_QUERY,
  CAP_ENFORCE_SECRET,
  CAP_ENFORCE_WORKSPACE,
} from './modules.js';

const cap = (name: string, enforcer: string, fields: TypeFields): DefCap => ({
  $kind: 'defcap',
  name: `sys/${name}`,
  cap_type: name.slice(0, name.indexOf('@')),
  schema: record(fields),
  enforcer: { module: enforcer },
});

const texts = option(set(text));

/** Hosts and schemes are compared in lower case, methods in upper case, paths by their prefix. */
const httpOut: TypeFields = {
  hosts: texts,
  schemes: texts,
  methods: texts,
  ports: option(set(nat)),
  path_prefixes: texts,
};

const llmBasic: TypeFields = {
  providers: texts,
  models: texts,
  max_tokens: option(nat),
  tools_allow: texts,
};

export const CAPS: readonly DefCap[] = [
  cap('timer@1', CAP_ALLOW_ALL, {}),
  cap('blob@1', CAP_ALLOW_ALL, {}),
  cap('blob@2', CAP_ENFORCE_BLOB, { namespaces: texts }),
  cap('http.out@1', CAP_ENFORCE_HTTP_OUT, httpOut),
  cap('http.out@2', CAP_ENFORCE_HTTP_OUT, {
    ...httpOut,
    max_redirects: option(nat),
    allow_private: texts,
  }),
  cap('llm.basic@1', CAP_ENFORCE_LLM_BASIC, llmBasic),
  cap('llm.basic@2', CAP_ENFORCE_LLM_BASIC, { ...llmBasic, temperature_max: option(dec128) }),
  cap('query@1', CAP_ALLOW_ALL, { scope: option(text) }),
  cap('query@2', CAP_ENFORCE_QUERY, { kinds: texts, reducers: texts }),
  cap('secret@1', CAP_ENFORCE_SECRET, { aliases: texts, binding_ids: texts }),
  cap('compile@1', CAP_ENFORCE_COMPILE, { languages: texts }),
  cap('governance@1', CAP_ENFORCE_GOVERNANCE, { kinds: texts, sections: texts, namespaces: texts }),
  cap('workspace@1', CAP_ENFORCE_WORKSPACE, {
    workspaces: texts,
    prefixes: texts,
    operations: texts,
  }),
  cap('catalog.write@1', CAP_ALLOW_ALL, { prefixes: set(text) }),
];

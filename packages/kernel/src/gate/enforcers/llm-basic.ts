/** `sys/CapEnforceLlmBasic@1`: which models may be asked, for how much, with which tools. */
import { compareDec128, parseDec128, type Value } from '@aos/canon';
import type { Denial } from '../decision.js';
import {
  type CapParams,
  type CheckedEffect,
  type Constraint,
  denial,
  kindMismatch,
  nameValues,
  paramsInvalid,
} from './constraint.js';

const KIND = 'llm.generate';

interface LlmLimits {
  readonly providers: ReadonlySet<string> | undefined;
  readonly models: ReadonlySet<string> | undefined;
  readonly maxTokens: number | bigint | undefined;
  readonly temperatureMax: string | undefined;
  readonly tools: ReadonlySet<string> | undefined;
}

export function llmBasic(params: CapParams): Constraint | undefined {
  const limits = {
    providers: params.texts('providers'),
    models: params.texts('models'),
    maxTokens: params.nat('max_tokens'),
    temperatureMax: params.dec128('temperature_max'),
    tools: params.texts('tools_allow'),
  };
  return params.isWhole() ? (effect, grant) => checkCall(effect, limits, grant) : undefined;
}

function checkCall(effect: CheckedEffect, limits: LlmLimits, grant: string): Denial | undefined {
  if (effect.kind !== KIND) return kindMismatch(grant, effect.kind, [KIND]);
  const params = effect.params.fields();
  const provider = params.get('provider');
  const model = params.get('model');
  if (typeof provider !== 'string') return paramsInvalid('provider', 'a text');
  if (typeof model !== 'string') return paramsInvalid('model', 'a text');
  if (limits.providers !== undefined && !limits.providers.has(provider)) {
    const advice = `add ${provider} to providers, or use ${nameValues(limits.providers)}`;
    return denial('provider-not-allowed', grant, 'providers', advice);
  }
  if (limits.models !== undefined && !limits.models.has(model)) {
    const advice = `add ${model} to models, or use ${nameValues(limits.models)}`;
    return denial('model-not-allowed', grant, 'models', advice);
  }
  return checkAmounts(effect, limits, grant) ?? checkTools(effect, limits, grant);
}

function checkAmounts(effect: CheckedEffect, limits: LlmLimits, grant: string) {
  const { maxTokens, temperatureMax } = limits;
  const params = effect.params.fields();
  const tokens = params.get('max_tokens');
  if (typeof tokens !== 'number' && typeof tokens !== 'bigint') {
    return paramsInvalid('max_tokens', 'a natural number');
  }
  if (maxTokens !== undefined && tokens > maxTokens) {
    const advice = `raise max_tokens to ${tokens}, or ask for at most ${maxTokens}`;
    return denial('max-tokens-exceeded', grant, 'max_tokens', advice);
  }
  const temperature = params.get('temperature') ?? null;
  if (temperature === null) return checkUnsaid(temperatureMax, grant);
  const read = typeof temperature === 'string' ? parseDec128(temperature) : undefined;
  if (read?.ok !== true) return paramsInvalid('temperature', 'a decimal');
  if (temperatureMax === undefined || compareDec128(read.value, temperatureMax) <= 0) {
    return undefined;
  }
  const advice = `raise temperature_max to ${temperature}, or use at most ${temperatureMax}`;
  return denial('temperature-exceeded', grant, 'temperature_max', advice);
}

/** Without a temperature the provider has its own, which nobody here knows. */
function checkUnsaid(temperatureMax: string | undefined, grant: string): Denial | undefined {
  if (temperatureMax === undefined) return undefined;
  const advice = `ask for a temperature of at most ${temperatureMax}, or leave temperature_max out`;
  return denial('temperature-exceeded', grant, 'temperature_max', advice);
}

function checkTools(effect: CheckedEffect, { tools }: LlmLimits, grant: string) {
  const asked = effect.params.fields().get('tools') ?? [];
  const names = Array.isArray(asked) ? asked.map(toolName) : [undefined];
  if (!names.every((name) => name !== undefined)) {
    return paramsInvalid('tools', 'a list of tools with names');
  }
  const other = names.find((name) => tools?.has(name) === false);
  if (other === undefined) return undefined;
  const advice = `add ${other} to tools_allow, or leave the tool out`;
  return denial('tool-not-allowed', grant, 'tools_allow', advice);
}

/** A tool is named, or is a record with its name. */
function toolName(tool: Value): string | undefined {
  const name = tool instanceof Map ? tool.get('name') : tool;
  return typeof name === 'string' ? name : undefined;
}

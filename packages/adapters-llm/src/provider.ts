/** One provider as it was configured: its interface, the way to it, and who may go there when. */
import { LlmFailure } from './failure.js';
import type { ProviderSettings } from './options.js';
import type { Prompt } from './prompt/prompt.js';
import type { Protocol } from './protocols/protocol.js';
import { PROTOCOLS } from './protocols/protocol-table.js';
import { ScriptedTransport } from './scripted/scripted-transport.js';
import { HttpTransport } from './wire/http-transport.js';
import { Lane } from './wire/lane.js';
import type { Transport } from './wire/transport.js';

export class Provider {
  readonly protocol: Protocol;
  readonly transport: Transport;
  readonly lane: Lane;

  constructor(readonly settings: ProviderSettings) {
    this.protocol = PROTOCOLS[settings.protocol];
    this.transport =
      settings.script === undefined
        ? new HttpTransport(settings)
        : new ScriptedTransport(settings.script);
    this.lane = new Lane(settings.limits);
  }

  /** Throws `llm-model-unpriced`. */
  checkModel(model: string): void {
    const { name, prices } = this.settings;
    if (prices === undefined || prices.has(model)) return;
    const known = [...prices.keys()].slice(0, 5).join(', ');
    const message = `expected a model of ${name} with a price (${known}), found ${model}`;
    throw new LlmFailure('llm-model-unpriced', message);
  }

  /** The body of a request. Throws `llm-params-invalid` for an option that nobody has allowed. */
  encode(prompt: Prompt): string {
    const allowed = [...this.protocol.options, ...this.settings.options];
    const other = [...prompt.options.keys()].find((option) => !allowed.includes(option));
    if (other === undefined) {
      const model = this.settings.models.get(prompt.model) ?? prompt.model;
      return this.protocol.encode({ ...prompt, model }, this.settings);
    }
    const known = allowed.join(', ');
    const message = `expected options among ${known} at params/options, found ${other}`;
    throw new LlmFailure('llm-params-invalid', message);
  }
}

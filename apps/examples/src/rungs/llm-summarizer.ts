/** Rung 07: a plan fetches a page and has a language model summarize it, within a budget. */
import type { Rung } from '../runner/rung.js';
import { expectEqual, tagOf } from '../runner/stage.js';

const REDUCER = 'demo/Summarizer@1';
const EVENT = 'demo/SummarizerEvent@1';

const ARTICLE = `A world is a deterministic machine whose state is a function of its journal.
Every act outside of it is an effect that a grant and a policy let through, and that comes back as
a signed receipt. Whoever holds the files of a world can replay them, and sees the same state.
`;

interface SummarizerState {
  readonly pc: Readonly<Record<string, null>>;
  readonly answer: {
    readonly summary: string;
    readonly finish: string;
    readonly tokens: { readonly prompt: number; readonly completion: number };
    readonly cents: number;
  };
}

export const llmSummarizer: Rung = {
  slug: 'llm-summarizer',
  title: 'Summaries by a language model',
  folder: '07-llm-summarizer',
  modules: { [REDUCER]: 'reducer-ts/summarizer' },
  async play(stage) {
    const key = process.env.LLM_API_KEY ?? 'sk-a-key-that-nobody-may-see';
    await stage.keepSecret('llm-key', key);
    const server = await stage.serve(() => ({ status: 200, body: ARTICLE }));
    await stage.send(EVENT, { Start: { url: `${server.url}/articles/worlds` } });
    await stage.settle();
    expectEqual(server.requests, ['GET /articles/worlds']);

    const { pc, answer } = await stage.state<SummarizerState>(REDUCER);
    const words = ARTICLE.toLowerCase().match(/[a-z]{5,}/g) ?? [];
    const isAboutIt = words.some((word) => answer.summary.toLowerCase().includes(word));
    expectEqual([tagOf(pc), isAboutIt], ['Done', true]);
    const { effects } = await stage.ask('effects.list', { effect: 'llm.generate' });
    expectEqual(
      effects.map(({ receipt }) => receipt?.cost_cents),
      [answer.cents],
    );
    const { prompt, completion } = answer.tokens;
    stage.print('the provider is a script of this machine, unless your settings name a real one');
    stage.print(`summary: ${answer.summary}`);
    stage.print(`${answer.finish}, ${prompt} + ${completion} tokens, ${answer.cents} ct`);
    expectEqual([await stage.isInFiles(answer.summary), await stage.isInFiles(key)], [true, false]);
    stage.print('the summary is in the files of the world, the key is not');
  },
};

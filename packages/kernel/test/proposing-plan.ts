/** A plan that proposes the patch it is started with and waits for the answer, with its event. */
export const PROPOSING_PLAN = [
  { $kind: 'defschema', name: 't/Start@1', type: { record: { patch: { hash: {} } } } },
  {
    $kind: 'defplan',
    name: 't/agent@1',
    input: 't/Start@1',
    steps: [
      {
        id: 'ask',
        op: 'emit_effect',
        kind: 'governance.propose',
        params: {
          record: {
            patch_hash: { ref: '@plan.input.patch' },
            manifest_base: { null: {} },
            description: { null: {} },
          },
        },
        cap: 'self',
        bind: { effect_id_as: 'h' },
      },
      { id: 'told', op: 'await_receipt', for: { ref: '@var:h' }, bind: { as: 'told' } },
    ],
    edges: [{ from: 'ask', to: 'told' }],
    required_caps: ['self'],
    allowed_effects: ['governance.propose'],
  },
] as const;

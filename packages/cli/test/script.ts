/**
 * A day at the command line: every command there is, in an order in which each has something to
 * say. It is lived once through `--json` and once at a real terminal.
 */

export interface Step {
  /** Words behind `aos`; those that begin with `$` stand for what was kept or is known. */
  readonly args: readonly string[];
  /** 0 when absent. */
  readonly exit?: number;
  /** What people are shown. */
  readonly shows?: RegExp;
  /** Keeps what the first group matches under a name, of text and of JSON. */
  readonly keep?: readonly [name: string, found: RegExp];
  /** It goes on until it is interrupted, which happens when it shows this. */
  readonly until?: RegExp;
  /** It asks for this at the terminal, unseen. */
  readonly typed?: string;
}

const COUNTER = 'demo/CounterSM@1';
const COUNTERS = 'demo/Counters@1';
const EVENT = 'demo/CounterEvent@1';
const step = (line: string, more: Omit<Step, 'args'> = {}): Step => {
  return { args: line.split(' '), ...more };
};
/** The beginning of a hash, as programs are told it and as people are. */
const intent = (state: string): RegExp => {
  const [told, shown] = [`[0-9a-f]*","state":"${state}"`, `  ${state}`];
  return new RegExp(`([0-9a-f]{12})(?:${told}|${shown})`);
};
const TICK = '{"Tick":null}';

export const SCRIPT: readonly Step[] = [
  step('init $world --from $folder', { shows: /world id {2}sha256:/ }),
  step('status', { shows: /mode {7}running/ }),
  step('keyring add host --role host', { shows: /host {2}host/ }),
  step('keyring add chief --role approver'),
  step('keyring add guest --role approver'),
  step('keyring revoke guest', { shows: /revoked sha256:/ }),
  step('keyring list', { shows: /guest {2}approver .* revoked by record/ }),
  step('doctor', { shows: /OK {6}mode: it is running/ }),
  step(`event send ${EVENT} {"Start":{"target":3}}`, { shows: /^record 4/m }),
  step(`event send ${EVENT} {"Tick":7}`, { exit: 1, shows: /error \[value-/ }),
  step(`event shout ${EVENT}`, { exit: 2, shows: /unknown command/ }),
  step(`state get ${COUNTER}`, { shows: /"remaining": 3/ }),
  step(`event send ${EVENT} ${TICK} --source desk --key "a"`),
  step(`cells ${COUNTERS}`, { shows: /1 of 1 cells/ }),
  step('event send demo/Order@1 {"n":2}'),
  step('intents', { keep: ['$order', intent('released')], shows: /released {2}ask/ }),
  step('plans', { shows: /hear waits for intent/ }),
  step('effects', { shows: /waiting-receipt {2}ask/ }),
  step('trace', { shows: /^waiting-receipt$/m }),
  step('receipt send $order --status ok --payload {"n":2}'),
  step('receipts', { shows: /ok {2}aos-cli {2}key/ }),
  step('trace $order', { shows: /receipt .* ok/ }),
  step('plan start demo/pay@1 {"n":5}'),
  step('event send demo/Dear@1 {"n":1}'),
  step('intents --state waiting', { keep: ['$dear', intent('waiting')] }),
  step('approve $dear --as chief', {
    keep: ['$voice', /(?:"seq":|record )(\d+)/],
    shows: /is released/,
  }),
  step('event send demo/Dear@1 {"n":2}'),
  step('intents --state waiting', { keep: ['$dearer', intent('waiting')] }),
  step('reject $dearer --as chief', { shows: /is no longer open/ }),
  step(`why state ${COUNTER}`, { shows: /state-changed/ }),
  step('why event 4 --forward', { shows: /→ cause/ }),
  step('why intent $order', { shows: /outcome "allow"/ }),
  step('why instance 6/0', { shows: /plan-started/ }),
  step('journal head', { shows: /^\d+ {2}sha256:/m }),
  step('journal tail -n 2', { shows: /settled/ }),
  step('definition list --kind defplan', { shows: /demo\/pay@1/ }),
  step('definition get demo/pay@1', { shows: /emit_effect/ }),
  step('manifest', { shows: /"air_version"/ }),
  step('blob put $note', { keep: ['$blob', /(sha256:[0-9a-f]{64})/] }),
  step('blob get $blob --out $copy', { shows: /6 bytes/ }),
  step('obj register notes/one $note --kind note --tag new --tag short', { shows: /v1/ }),
  step('obj register notes/one --hash $blob --kind note', { shows: /notes\/one {2}v2/ }),
  step('obj ls notes/ --versions', { shows: /v1 .*#new {2}#short/ }),
  step('obj ls --depth 1', { shows: /notes\/ {2}1 object/ }),
  step('obj get notes/one', { shows: /a blob/ }),
  step('obj stat notes/one --at 1', { shows: /version {2}1/ }),
  step('obj get notes/one --at 3', { exit: 1, shows: /object-version-unknown/ }),
  step('ws push site $folder -m first', { shows: /\+ air\/manifest\.air\.json/ }),
  step('ws list', { shows: /site {2}v1 .* operator {2}first/ }),
  step('ws ls site air', { shows: /air\/orders\.air\.json/ }),
  step('ws cat site air/more.air.json', { shows: /\[\]/ }),
  step('ws rm site air/more.air.json', { shows: /- air\/more\.air\.json/ }),
  step('ws diff site', { shows: /- air\/more\.air\.json/ }),
  step('ws log site', { shows: /v2 .*remove air/ }),
  step('ws pull site $pulled', { shows: /files written/ }),
  step('metrics', { shows: /# TYPE/ }),
  step('audit --from 3', { shows: /"seq":3/ }),
  step('dead-letters', { shows: /no dead letters/ }),
  step('call journal.head {}', { shows: /"seq"/ }),
  step('secret put key', { typed: 'a secret of mine', shows: /key/ }),
  step('secret list', { shows: /key/ }),
  step('secret rotate key --to 1'),
  step('secret key'),
  step('secret digest', { typed: 'a secret of mine' }),
  step('secret seal key --alias demo/key', { typed: 'a secret of mine' }),
  step('snapshot', { shows: /^snapshot \d+/m }),
  step('disk', { shows: /bytes of journal each/ }),
  step('gc --grace 0 --dry-run', { shows: /would go/ }),
  step('prune --dry-run', { shows: /would go/ }),
  step('prune', { exit: 1, shows: /prune-refused/ }),
  step('head --sign --prove 0 --since 1', { shows: /record 0 is in the tree/ }),
  step('attest head --out $attested', { shows: /attested/ }),
  step('attest check $attested', { shows: /head OK/ }),
  step('attest inclusion 2 --record', { shows: /"type":"inclusion"/ }),
  step('attest consistency 2', { shows: /"older":/ }),
  step('attest receipt $order', { shows: /"domain":"aos\/receipt/ }),
  step('attest approval $voice --as chief', { shows: /"domain":"aos\/approve-intent/ }),
  step('attest approval 0', { exit: 1, shows: /record-not-approval/ }),
  step('governance propose --folder $change -m more', { shows: /proposal 0/ }),
  step('governance shadow 0 --records 10 --event demo/Order@1={"n":2} --advance 1h', {
    shows: /added defschema demo\/More@1/,
  }),
  step('governance approve 0 --shadow last', { shows: /proposal 0 is approved/ }),
  step('governance apply 0', { shows: /in force: sha256:/ }),
  step('governance rollback 0', { shows: /proposal 1/ }),
  step('governance shadow 1 --no-sign', { shows: /removed defschema demo\/More@1/ }),
  step('governance approve 1', { exit: 1, shows: /proposal-not-shadowed/ }),
  step('governance reject 1', { shows: /proposal 1 is rejected/ }),
  step('governance rollback 0', { shows: /proposal 2/ }),
  step('governance withdraw 2', { shows: /proposal 2 is withdrawn/ }),
  step('governance list', { shows: /0 {2}applied {2}by operator in record \d+ {2}more/ }),
  step('governance show 0', { shows: /approve by operator/ }),
  step('control pause', { shows: /the world is paused/ }),
  step(`event send ${EVENT} ${TICK}`, { exit: 1, shows: /aos control resume/ }),
  step('control resume', { shows: /the world is running/ }),
  step('control drain', { shows: /the world is draining/ }),
  step('control halt --reason tea-time', { shows: /the world is halted/ }),
  step('control clear-halt', { exit: 1, shows: /halt-none/ }),
  step('control resume'),
  step('verify', { shows: /replay OK/ }),
  step('run --allow-missing', { until: /"?lives in process|"event":"opened"/ }),
  step('up --allow-missing', { shows: /is up, process \d+/ }),
  step('up', { shows: /was up already/ }),
  step('ps', { shows: /running, head \d+/ }),
  step(`event send ${EVENT} ${TICK} --wait quiescent`, { shows: /at rest, and waiting/ }),
  step('run --until quiescent', { shows: /waits for its receipt: adapter-missing/ }),
  step('journal tail -f --from 4', { until: /"Tick"/ }),
  step('down', { shows: /is down/ }),
  step('ps', { shows: /no world has a daemon/ }),
  step('fork --at 4 --to $fork', { shows: /epoch {5}1, from record 5 on/ }),
  step('fork $fork --at 99 --to $copy', { exit: 1, shows: /folder-not-empty/ }),
  step('diff @4 $fork', { shows: /^the same$/m }),
  step('diff $fork @6 --limit 1', { shows: /states of demo/ }),
  step('export $bundle', { shows: /objects {3}\d+/ }),
  step('verify $bundle', { shows: /replay OK/ }),
  step('verify $bundle --chain', { shows: /nothing was run/ }),
  step('replay $bundle --every 10', { shows: /after 9 {2}sha256:/ }),
  step('replay $bundle --with $note', { exit: 2, shows: /folder-not-found/ }),
  step('import $bundle $imported', { shows: /replay OK/ }),
  step('import $bundle $imported', { exit: 1, shows: /world-exists/ }),
  step('rewind --to 6', { shows: /kept {6}\d+ records in/ }),
  step('rewind --to 99', { exit: 1, shows: /record-unknown/ }),
  step('air build $source --out $air', { shows: /manifest {2}sha256:/ }),
  step('build $sources', { shows: /wrote {2}modules\/demo\/TimerSM@1/ }),
  step('build $sources', { shows: /as its sources make it/ }),
  step('air check $air'),
  step('air fmt $air --check'),
  step('air hash $air', { shows: /sha256:/ }),
  step('air diff $air $folder'),
  step('dev $folder', { until: /restarted/ }),
  step('completion bash', { shows: /complete -o filenames -F _aos aos/ }),
  step('man', { shows: /\.SH COMMANDS/ }),
];

/** The words of a step, with what they stand for. */
export function wordsOf(
  { args }: Step,
  known: Readonly<Record<string, string>>,
): readonly string[] {
  return args.map((word) => {
    const found = word.startsWith('$') ? known[word] : word;
    if (found === undefined) throw new Error(`nothing was kept as ${word}`);
    return found;
  });
}

/** What a step keeps of what it said. */
export function keptOf({ keep, args }: Step, said: string): Readonly<Record<string, string>> {
  if (keep === undefined) return {};
  const found = keep[1].exec(said)?.[1];
  if (found === undefined) throw new Error(`${args.join(' ')} shows no ${keep[0]}: ${said}`);
  return { [keep[0]]: found };
}

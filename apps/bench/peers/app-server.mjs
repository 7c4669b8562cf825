/**
 * What a person writes in front of a library: an HTTP server with a route for each thing it does.
 * It listens on the port that it is given and says `ready` to its parent.
 *
 * POST /counter/<key>                 adds one, answers with the new count
 * GET  /counter/<key>                 the count
 * POST /workflow/<id>?steps=n&ms=t    runs a workflow to its end, answers with its result
 * PUT  /workflow/<id>?steps=n&ms=t    starts it, answers when the start is durable
 * GET  /finished/<prefix>             how many workflows with such ids have ended well
 */
import { createServer } from 'node:http';

const KEEP_ALIVE_MS = 300_000;

/** The local work of a step, the same for every system: a wait of `ms`, or none, and a value. */
export async function act(step, ms) {
  if (ms > 0) await new Promise((resolve) => setTimeout(resolve, ms));
  return step;
}

export function serveApp(app, port) {
  const server = createServer((request, response) => {
    answer(app, request).then(
      (value) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify(value));
      },
      (error) => {
        response.statusCode = 500;
        response.end(String(error?.stack ?? error));
      },
    );
    request.resume();
  });
  // clients keep their connections, also over pauses between works
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.listen(port, '127.0.0.1', () => process.send?.('ready'));
  process.on('disconnect', () => process.exit(0));
  process.on('message', () => {
    Promise.resolve(app.close?.()).finally(() => process.exit(0));
  });
}

function answer(app, { method, url }) {
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const [, route, id] = pathname.split('/');
  const work = { steps: Number(searchParams.get('steps')), ms: Number(searchParams.get('ms')) };
  switch (`${method} ${route}`) {
    case 'POST counter':
      return app.add(id);
    case 'GET counter':
      return app.count(id);
    case 'POST workflow':
      return app.run(id, work);
    case 'PUT workflow':
      return app.begin(id, work);
    case 'GET finished':
      return app.finished(id);
    default:
      return Promise.reject(new Error(`no route ${method} ${url}`));
  }
}

/** Runs what is handed in for one key one after the other. */
export class Turns {
  #last = new Map();

  take(key, run) {
    const next = (this.#last.get(key) ?? Promise.resolve()).then(run);
    const settled = next.then(
      () => undefined,
      () => undefined,
    );
    this.#last.set(key, settled);
    return next;
  }
}

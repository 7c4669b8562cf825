// Preloaded: the wall clock of the process is set back by an hour, ten times a second, and now and
// then a day ahead. What is measured from a start goes on as ever.
const now = Date.now.bind(Date);
const HOUR_MS = 3_600_000;
let shiftMs = 0;
let jumps = 0;
setInterval(() => {
  jumps += 1;
  shiftMs += jumps % 30 === 0 ? 24 * HOUR_MS : -HOUR_MS;
}, 100).unref();
Date.now = () => now() + shiftMs;

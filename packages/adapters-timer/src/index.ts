export { TimerAdapter } from './timer-adapter.js';

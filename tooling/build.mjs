// Makes the workspace ready to run; with --force it installs and builds whatever is there.
import { build, install, ready } from './workspace.mjs';

if (process.argv.includes('--force')) {
  install();
  build();
} else {
  ready();
}

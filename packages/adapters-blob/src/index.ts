export { BlobAdapter } from './blob-adapter.js';

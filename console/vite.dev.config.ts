// `npm run dev`: the page as one writes it, over the API of a running server (`plainsight demo`).
import { defineConfig, mergeConfig } from 'vite';

import shipped from './vite.config.ts';

const target = process.env.PLAINSIGHT_URL ?? 'http://127.0.0.1:8700';
/** The server refuses writes of other sites, and the page comes from another port here. */
const headers = { origin: target, 'sec-fetch-site': 'same-origin' };

export default mergeConfig(
  shipped,
  defineConfig({ server: { proxy: { '/api': { target, changeOrigin: true, headers }, '/readyz': { target } } } }),
);

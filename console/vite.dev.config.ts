// `npm run dev`: the API is answered from dev/, or by the running server that PLAINSIGHT_URL names.
import { defineConfig, mergeConfig } from 'vite';

import { fake } from './dev/plugin.ts';
import shipped from './vite.config.ts';

const target = process.env.PLAINSIGHT_URL;

export default mergeConfig(
  shipped,
  defineConfig(target === undefined ? { plugins: [fake()] } : { server: { proxy: { '/api': { target } } } }),
);

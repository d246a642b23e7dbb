/** Which component shows which page. */

import type { Component } from 'svelte';

import type { PageName } from '../lib/path';
import Overview from '../pages/Overview.svelte';
import Records from '../pages/Records.svelte';

export const PAGES: Partial<Record<PageName, Component>> = {
  overview: Overview,
  records: Records,
};

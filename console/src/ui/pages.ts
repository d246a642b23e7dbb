/** Which component shows which page. */

import type { Component } from 'svelte';

import type { PageName } from '../lib/path';
import Alerts from '../pages/Alerts.svelte';
import Entities from '../pages/Entities.svelte';
import Integrity from '../pages/Integrity.svelte';
import Overview from '../pages/Overview.svelte';
import Performers from '../pages/Performers.svelte';
import Records from '../pages/Records.svelte';
import Rules from '../pages/Rules.svelte';
import Settings from '../pages/Settings.svelte';
import Trace from '../pages/Trace.svelte';

export const PAGES: Partial<Record<PageName, Component>> = {
  overview: Overview,
  records: Records,
  trace: Trace,
  session: Trace,
  alerts: Alerts,
  users: Entities,
  agents: Entities,
  models: Performers,
  tools: Performers,
  rules: Rules,
  integrity: Integrity,
  settings: Settings,
};

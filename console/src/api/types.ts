/**
 * The shapes of `/api/v1`, as the page reads them. Every field that a server may leave out is
 * optional here: the page shows what there is.
 */

/** RFC 3339, UTC. */
export type Iso = string;

export type Role = 'viewer' | 'analyst' | 'investigator' | 'administrator' | 'auditor';
export const ROLES: readonly Role[] = ['viewer', 'analyst', 'investigator', 'administrator', 'auditor'];

export type Severity = 'critical' | 'high' | 'medium' | 'low' | 'informational';
export const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'informational'];

export type Right = 'metadata' | 'content' | 'triage' | 'unseal' | 'settings' | 'configure' | 'people' | 'admit' | 'audit' | 'verify';

/** Who is signed in. */
export interface Me {
  name: string;
  role: Role;
  rights: Right[];
  tenant: string | null;
  /** Sent back as `x-csrf-token` with every write. */
  csrf: string;
  /** A second factor has to be set up before anything else. */
  must_enrol?: boolean;
  /** Whether a second factor is set up. */
  second_factor?: boolean;
}

/** A page of a list. `next` is the `cursor` of the page after it. */
export interface Page<T> {
  items: T[];
  next?: string | number | null;
  /** How many there are in all, where the server counts them. */
  total?: { count: number; is_exact: boolean } | null;
}

export interface Counted {
  value: string;
  count: number;
}

/** One row of the view `records`: columns without a value are left out. */
export interface Row {
  index: number;
  time: Iso;
  log_time?: Iso;
  kind: string;
  tenant?: string;
  user_id?: string;
  user_source?: string;
  session_id?: string;
  roles?: string;
  agent?: string;
  api_key?: string;
  client_address?: string;
  user_agent?: string;
  door?: string;
  service?: string;
  dialect?: string;
  name?: string;
  operation?: string;
  provider?: string;
  model?: string;
  status?: string;
  error_type?: string;
  error_message?: string;
  http_status?: number;
  http_method?: string;
  http_path?: string;
  outcome?: string;
  input_tokens?: number;
  output_tokens?: number;
  duration_ms?: number;
  time_to_first_token_ms?: number;
  finish_reason?: string;
  trace_id?: string;
  span_id?: string;
  parent_span_id?: string;
  finding_count?: number;
  attack_score?: number;
  parts?: number;
  repeats?: number;
  /** The beginning of what was said, for those who may read content. */
  snippet?: string;
  refused?: boolean;
  event_action?: string;
  event_target?: string;
}

/** Counts of `GET /facets`, most frequent first. */
export type Facets = Record<string, Counted[]>;

export interface Bin {
  time: Iso;
  count: number;
  errors?: number;
  findings?: number;
  attacks?: number;
}

/** Counts over time of `GET /histogram`. */
export interface Histogram {
  bin_s: number;
  bins: Bin[];
}

/** How attack scores are spread, of `GET /scores`. Scores are hundredths: 0 to 100. */
export interface Spread {
  bins: { from: number; below: number; count: number }[];
  count: number;
  /** Records without any sign, which have no score. */
  without: number;
  quantiles: { p50: number; p95: number; p99: number } | null;
  attack_from: number;
  is_exact: boolean;
}

export interface Quantiles {
  p50?: number | null;
  p95?: number | null;
  p99?: number | null;
}

/** What happened in a period. Durations are milliseconds. */
export interface Totals {
  records: number;
  calls: number;
  errors: number;
  refusals: number;
  input_tokens: number;
  output_tokens: number;
  /** US dollars; null where no price is known. */
  cost?: number | null;
  users: number;
  sessions?: number;
  findings: number;
  /** Records whose attack score is 0.5 or more. */
  attacks: number;
  latency_ms: Quantiles | null;
  ttft_ms: Quantiles | null;
}

export interface Moment {
  time: Iso;
  calls: number;
  errors: number;
  refusals?: number;
  input_tokens?: number;
  output_tokens?: number;
  findings?: number;
  attacks?: number;
  alerts?: number;
  latency_ms?: Quantiles | null;
  ttft_ms?: Quantiles | null;
}

export interface IntegrityLight {
  size: number;
  checkpoint_time?: Iso | null;
  /** Age of the newest signature that is not ours, seconds; null where nobody else signs. */
  outside_age_s?: number | null;
  verified?: { time: Iso; ok: boolean } | null;
}

export interface Overview {
  from: Iso;
  to: Iso;
  bin_s: number;
  series: Moment[];
  totals: Totals;
  /** The same for the period of the same length before. */
  previous?: Totals | null;
  /** Open alerts. */
  alerts: Partial<Record<Severity, number>>;
  findings?: Counted[];
  integrity: IntegrityLight;
  /** Records that the operational copy and detection are behind the log. */
  lag: { reader: number; detector?: number | null };
  silent?: { service?: string | null; door: string; last_seen: Iso }[];
  sinks?: { name: string; state: string; behind: number }[];
}

/** What the stream of live events says every two seconds. */
export interface Pulse {
  per_minute?: number;
  lag?: Overview['lag'];
  /** Open alerts. */
  alerts?: Partial<Record<Severity, number>>;
}

export type AlertState = 'open' | 'judged' | 'suppressed';
export type Opinion = 'true_positive' | 'false_positive';

/** An alert, folded from its records. It has pseudonyms and indices, no content. */
export interface Alert {
  id: string;
  index: number;
  time: Iso;
  tenant?: string;
  rule: { id: string; title: string };
  severity: Severity;
  score: number;
  reason: string;
  /** What to do, in one sentence. */
  action?: string;
  tags: string[];
  entities: Record<string, string>;
  evidence: number[];
  first_seen: Iso;
  last_seen: Iso;
  count: number;
  state: AlertState;
  verdict?: { verdict: Opinion; reason?: string; by: string; time: Iso } | null;
}

export interface AlertDetail {
  alert: Alert;
  /** Alerts of the same rule or the same entity, newest first. */
  similar: Alert[];
}

export type Origin = 'system' | 'user' | 'assistant' | 'tool' | 'retrieved' | 'memory' | 'agent';

/** A piece of a message. Its further fields depend on `type`. */
export interface Segment {
  direction: 'input' | 'output';
  message: number;
  role: string;
  origin: Origin;
  author?: string;
  type: string;
  content?: string;
  id?: string;
  name?: string;
  arguments?: unknown;
  result?: unknown;
  is_error?: boolean;
  score?: number;
  metadata?: unknown;
  modality?: string;
  mime_type?: string;
  size?: number;
  hash?: string;
  uri?: string;
  value?: unknown;
}

export interface Finding {
  type: string;
  subtype?: string;
  place: string;
  start: number;
  end: number;
  confidence: number;
  fingerprint?: string;
  action: string;
}

export interface Signal {
  name: string;
  place: string;
  score: number;
}

/** A record as it lies in the log. Times are nanoseconds since the epoch. */
export interface Logged {
  index: number;
  log_time: number;
  record: Recorded;
}

export interface Recorded {
  kind: string;
  part?: string;
  tenant: string;
  time: number;
  duration?: number;
  trace_id?: string;
  span_id?: string;
  parent_span_id?: string;
  name?: string;
  status?: { ok?: boolean; error_type?: string; message?: string };
  source?: { door: string; service?: string; dialect?: string };
  actor?: Record<string, unknown>;
  call?: {
    operation?: string;
    provider?: string;
    request_model?: string;
    response_model?: string;
    finish_reasons?: string[];
    usage?: Record<string, number>;
    time_to_first_chunk?: number;
    parameters?: Record<string, unknown>;
    tool_definitions?: unknown[];
    [name: string]: unknown;
  };
  exchange?: Record<string, unknown>;
  event?: { action: string; outcome?: string; target?: string; reason?: string };
  alert?: Record<string, unknown>;
  content?: Segment[];
  content_at?: number;
  attributes?: Record<string, unknown>;
  findings?: Finding[];
  signals?: Signal[];
  inspection?: string;
  sealed?: { finding: number }[];
}

/** A part of a message, as the view `messages` has it. */
export interface Message {
  direction: 'input' | 'output';
  position: number;
  role: string;
  origin: Origin;
  name?: string | null;
  type: string;
  text?: string | null;
  tool_call_id?: string | null;
  tool_name?: string | null;
  mime_type?: string | null;
  size?: number | null;
}

/** A row with what was said, for those who may read it. */
export interface Told extends Row {
  messages?: Message[];
  findings?: Finding[];
}

/** `GET /traces/{id}` and `GET /sessions/{id}`. */
export interface Trace {
  /** One for each thing that happened, in order of time; `parent_span_id` makes the tree. */
  items: Told[];
  /** The records whole, parts apart, for those who may read content. */
  records?: Logged[];
  /** Alerts that rest on them. */
  alerts?: Alert[];
  /** There are more than are told. */
  is_cut?: boolean;
}

/** `GET /records/{index}/proof`: a C2SP tlog-proof as text, and the key to check it with. */
export interface ProofAnswer {
  index: number;
  proof: string;
  /** The log's verifying key as text (`name+hash+base64`). */
  verifying_key?: string | null;
}

export interface Sealed {
  finding: number;
  type: string;
  subtype?: string;
  place: string;
}

/** A user or an agent over the asked period. */
export interface Entity {
  id: string;
  tenant?: string;
  /** Records. */
  count: number;
  /** Model calls. */
  calls?: number;
  errors?: number;
  input_tokens: number;
  output_tokens: number;
  cost?: number | null;
  findings?: number;
  /** Records with a high attack score. */
  attacks?: number;
  first_seen: Iso;
  last_seen: Iso;
}

export interface EntityDetail extends Omit<Entity, 'findings'> {
  /** Records by weekday (Monday first) and hour, UTC: [7][24]. */
  hours: number[][];
  networks: Counted[];
  models: Counted[];
  tools: Counted[];
  agents?: Counted[];
  users?: Counted[];
  findings: Counted[];
  sessions: { session_id: string; first: Iso; last: Iso; count: number; attack_score?: number | null }[];
  alerts: Alert[];
}

/** How a model or a tool did. Durations are milliseconds. */
export interface Performance {
  calls: number;
  errors: number;
  refusals: number;
  input_tokens?: number;
  output_tokens?: number;
  cost?: number | null;
  latency_ms?: Quantiles | null;
  ttft_ms?: Quantiles | null;
  /** Output tokens of an answer. */
  output_tokens_quantiles?: Quantiles | null;
  finish?: Counted[];
  evaluations?: Evaluation[];
}

/** What evaluators said of a model or tool, and of it by where it runs and in which version. */
export interface Evaluation {
  name: string;
  mean: number;
  count: number;
  places: { deployment: string | null; version: string | null; mean: number; count: number }[];
}

/** An evaluation, whatever it was of. */
export interface Overall {
  name: string;
  mean: number;
  count: number;
  /** Of how many it is known what they are about. */
  joined: number;
  previous: number | null;
}

export interface Performer extends Performance {
  /** The model's or the tool's name. */
  name: string;
  provider?: string;
  service?: string;
  previous?: Performance | null;
}

/** `GET /models` and `GET /tools`. */
export interface Performers extends Page<Performer> {
  evaluations?: Overall[];
}

export interface Rule {
  id: string;
  title: string;
  description?: string;
  severity: Severity;
  /** Raises nothing by itself: part of a correlation. */
  is_silent?: boolean;
  category?: string;
  kind?: string;
  tags: string[];
  origin?: 'shipped' | 'own';
  file?: string;
  alerts?: number;
}

export interface RuleDetail extends Rule {
  text: string;
  action?: string;
  false_positives?: string[];
  examples?: { name: string; matches: boolean }[];
}

export interface RuleTest {
  problems: { line?: number | null; column?: number | null; weight?: string; what: string; suggestion?: string | null }[];
  /** Records that were shown to the rule. */
  records: number | null;
  /** What it would have raised, the first hundred. */
  alerts: Alert[];
  count: number;
}

export interface Coverage {
  frameworks: {
    /** `MITRE ATLAS`, `OWASP`, or the name of a product. */
    name: string;
    items: { id: string; title: string; rules: { id: string; title: string }[]; count: number; reason?: string | null }[];
  }[];
}

export interface Integrity {
  origin: string;
  size: number;
  root: string;
  checkpoint: string;
  checkpoint_time?: Iso | null;
  outside_age_s?: number | null;
  verified?: { time: Iso; ok: boolean } | null;
  verifying_key: string;
  signatures: { name: string }[];
  /** The newest signature that is not ours. */
  outside?: { name?: string; time?: Iso; age_s?: number; [fact: string]: unknown } | null;
  runs: VerifyRun[];
  retention?: Kept[] | null;
}

/** How long something is kept; without an end where `kept_s` is null. */
export interface Kept {
  what: string;
  kept_s: number | null;
  /** The setting that says so. */
  setting?: string | null;
  since?: Iso | null;
}

/** A checkpoint that was signed. */
export interface Checkpoint {
  time: Iso;
  size: number;
  /** Records that the one before does not sign. */
  added: number;
  root: string;
  /** Null where the note was replaced by a newer one. */
  signatures: Signature[] | null;
  note: string | null;
}

export interface Signature {
  name: string;
  key_id: string;
  is_own: boolean;
}

export interface VerifyRun {
  run: number;
  state: 'running' | 'clean' | 'problems';
  started: Iso;
  ended?: Iso | null;
  records: number;
  of: number;
  problems?: { file?: string; what: string; [fact: string]: unknown }[];
}

export interface AccessEntry {
  index: number;
  time: Iso;
  who: string;
  action: string;
  target?: string | null;
  outcome?: string | null;
  reason?: string | null;
  filters?: string[];
  rows?: number | null;
}

/** Sections of settings, no secret among them. What has a shape here gets a table; the rest is shown as it is. */
export interface Settings {
  doors?: unknown;
  upstreams?: unknown;
  inspect?: unknown;
  [section: string]: unknown;
}

export interface Sink {
  name: string;
  type?: string;
  address?: string;
  min_severity?: string;
  state: string;
  cursor: number;
  behind: number;
  sent: number;
  retried: number;
  dead: number;
  last_error?: unknown;
  last_sent_time?: number | Iso | null;
}

export interface PolicyTest {
  findings: (Finding & { value?: string })[];
  /** What would be stored. */
  text: string;
  attack?: { score: number; verdict: string; signals: string[] };
}

export interface Person {
  name: string;
  role: Role;
  tenant: string | null;
  state: 'invited' | 'active' | 'disabled';
  second_factor?: boolean;
  federated?: boolean;
  created?: Iso;
  last_seen?: Iso | null;
}

export interface Token {
  id: string;
  label: string;
  owner?: string;
  scopes: string[];
  tenant?: string | null;
  created?: Iso;
  expires?: Iso | null;
  last_used?: Iso | null;
}

/** Why a question was not answered, in words for a person. */

export type Cause = 'unauthenticated' | 'forbidden' | 'missing' | 'refused' | 'busy' | 'failed' | 'offline';

export class Problem extends Error {
  constructor(
    readonly why: Cause,
    message: string,
    /** HTTP status; 0 where there was no answer. */
    readonly status: number,
    /** `type` of problem+json. */
    readonly type: string = '',
    /** Seconds after which it is worth another try. */
    readonly retryAfter: number | null = null,
  ) {
    super(message);
  }
}

const SAID: Record<Cause, string> = {
  unauthenticated: 'You are not signed in.',
  forbidden: 'Your role does not allow this.',
  missing: 'There is no such thing, or it is not yours to see.',
  refused: 'The server did not accept this.',
  busy: 'The server is busy. Try again in a moment.',
  failed: 'The server failed. Its log says more.',
  offline: 'The server does not answer.',
};

function causeOf(status: number): Cause {
  if (status === 401) return 'unauthenticated';
  if (status === 403) return 'forbidden';
  if (status === 404 || status === 410) return 'missing';
  if (status === 429 || status === 503) return 'busy';
  return status >= 500 ? 'failed' : 'refused';
}

/** Nobody answered. */
export function offline(): Problem {
  return new Problem('offline', SAID.offline, 0);
}

/** Reads an answer that is not a success: problem+json, or `{"error": {"message"}}`. */
export function of(status: number, body: unknown, retryAfter: string | null = null): Problem {
  const fields = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const error = (typeof fields.error === 'object' && fields.error !== null ? fields.error : {}) as Record<string, unknown>;
  const text = [fields.detail, error.message, fields.title].find((one): one is string => typeof one === 'string' && one !== '');
  const why = causeOf(status);
  const message = text === undefined ? SAID[why] : text.charAt(0).toUpperCase() + text.slice(1);
  const delay = retryAfter !== null && /^[0-9]{1,5}$/.test(retryAfter) ? Number(retryAfter) : null;
  return new Problem(why, message, status, typeof fields.type === 'string' ? fields.type : '', delay);
}

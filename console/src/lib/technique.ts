/** Tags of rules as techniques: `atlas.aml.t0051.000` is AML.T0051.000, `owasp.llm01.2025` is LLM01:2025. */

export interface Technique {
  id: string;
  list: 'MITRE ATLAS' | 'OWASP' | 'MITRE ATT&CK';
}

export function technique(tag: string): Technique | null {
  const [list = '', ...rest] = tag.toLowerCase().split('.');
  if (list === 'atlas' && rest[0] === 'aml') return { id: rest.join('.').toUpperCase(), list: 'MITRE ATLAS' };
  if (list === 'owasp' && rest.length === 2) return { id: `${rest[0]?.toUpperCase()}:${rest[1]}`, list: 'OWASP' };
  if (list === 'attack' && /^t[0-9]{4}$/.test(rest[0] ?? '')) return { id: rest.join('.').toUpperCase(), list: 'MITRE ATT&CK' };
  return null;
}

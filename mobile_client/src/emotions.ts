/** The same order as ml/emotions.py; a vector on the wire has no names of its own. */
export const EXPRESSIONS = ['happy', 'sad', 'angry', 'disgust', 'fear', 'surprise', 'neutral'] as const;
export const GROUPS = ['positive', 'negative', 'complex'] as const;
export const EMOTIONS = [...EXPRESSIONS, ...GROUPS] as const;

export type Expression = (typeof EXPRESSIONS)[number];
export type Group = (typeof GROUPS)[number];
export type Emotion = (typeof EMOTIONS)[number];

/** Never colour alone: each has a glyph and (in i18n) a word. */
export const GLYPH: Record<Emotion, string> = {
  happy: '🙂',
  sad: '😔',
  angry: '😠',
  disgust: '😖',
  fear: '😟',
  surprise: '😮',
  neutral: '😐',
  positive: '▲',
  negative: '▼',
  complex: '◆',
};

export function component(vector: readonly number[], name: Emotion): number {
  return vector[EMOTIONS.indexOf(name)] ?? 0;
}

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

const MEMBERS: Record<Group, readonly Expression[]> = {
  positive: ['happy', 'surprise'],
  negative: ['sad', 'angry', 'fear'],
  complex: ['disgust', 'neutral'],
};

/**
 * What part of the whole an expression has, or a group: the sum of its expressions, so that the three add up to one.
 * On the wire a group is the mean of its expressions, where a purely happy face is only half positive.
 */
export function share(vector: readonly number[], name: Emotion): number {
  const members: readonly Emotion[] = name in MEMBERS ? MEMBERS[name as Group] : [name];
  return members.reduce((sum, member) => sum + (vector[EMOTIONS.indexOf(member)] ?? 0), 0);
}

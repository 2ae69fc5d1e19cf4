import { readOne, remove, write } from '../outbox/database';

/** The steps of a safety plan in the person's own words. It never leaves the phone, and leaves it with the person. */
export const PARTS = ['signs', 'self', 'people', 'call', 'safe'] as const;
export type SafetyPlan = Partial<Record<(typeof PARTS)[number], string>>;

const KEY = 'safety-plan';

export const isWritten = (plan: SafetyPlan): boolean => PARTS.some((part) => plan[part]);
export const readPlan = async (): Promise<SafetyPlan> => (await readOne<SafetyPlan>('local', KEY)) ?? {};
export const keepPlan = (plan: SafetyPlan): Promise<void> => write('local', KEY, plan);
export const forgetPlan = (): Promise<void> => remove('local', KEY);

import { type Department, ROLES } from '../shapes';
import { a } from '../words';

export const roleOptions = () => ROLES.map((value) => ({ value, label: a(`role.${value}`) }));

export const departmentOptions = (departments: readonly Department[]) => [
  { value: '', label: a('departments.without') },
  ...departments.map((one) => ({ value: one.id, label: one.name })),
];

/** Nothing where it is not known, which is not the same as none. */
export const departmentName = (departments: readonly Department[] | undefined, id: string | null): string | undefined =>
  id === null ? a('departments.without') : departments?.find((one) => one.id === id)?.name;

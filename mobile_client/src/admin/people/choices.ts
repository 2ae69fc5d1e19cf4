import { type Department, ROLES } from '../shapes';
import { a } from '../words';

export const roleOptions = () => ROLES.map((value) => ({ value, label: a(`role.${value}`) }));

export const departmentOptions = (departments: readonly Department[]) => [
  { value: '', label: a('departments.without') },
  ...departments.map((one) => ({ value: one.id, label: one.name })),
];

export const departmentName = (departments: readonly Department[], id: string | null): string =>
  departments.find((one) => one.id === id)?.name ?? a('departments.without');

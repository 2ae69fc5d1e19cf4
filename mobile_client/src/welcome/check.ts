import type { Key } from '../i18n/en';

/** The registration form, looked at on the phone first, so that a typing slip costs no round trip. */
export interface Form {
  username: string;
  password: string;
  phone: string;
  email: string;
  display_name: string;
  invite_code: string;
}

export const EMPTY: Form = { username: '', password: '', phone: '', email: '', display_name: '', invite_code: '' };

const PHONE = /^\+[\d\s().-]{7,24}$/;
const USERNAME = /^[\p{L}\p{N}_.@-]{3,40}$/u;
const EMAIL = /^[^@\s]+@[^@\s]+\.[^@\s]+$/;

const strong = (password: string): boolean => password.length >= 10 && new Set(password).size >= 4;

export function check(form: Form): Partial<Record<keyof Form, Key>> {
  const faults: Partial<Record<keyof Form, Key>> = {};
  if (!form.invite_code.trim()) faults.invite_code = 'error.required';
  if (!USERNAME.test(form.username.trim())) faults.username = 'error.username';
  if (!strong(form.password)) faults.password = 'error.password';
  if (!PHONE.test(form.phone.trim())) faults.phone = 'error.phone';
  if (form.email.trim() && !EMAIL.test(form.email.trim())) faults.email = 'error.email';
  return faults;
}

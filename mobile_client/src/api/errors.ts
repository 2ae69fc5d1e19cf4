/** RFC 9457 problem+json as an error that a screen can put into words (see i18n/problem.ts). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly detail: string,
    readonly fields: Readonly<Record<string, string>> = {},
    readonly retryAfter: number | null = null,
    /** The server's clock when it answered. */
    readonly date = '',
  ) {
    super(`${status} ${code}`);
  }
}

interface Problem {
  code?: string;
  field?: string;
  title?: string;
  detail?: unknown;
  errors?: { field?: string; loc?: (string | number)[]; message?: string; msg?: string; code?: string }[];
}

function fieldsOf(problem: Problem): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const error of problem.errors ?? []) {
    const name = error.field ?? String(error.loc?.at(-1) ?? '');
    if (name) fields[name.split('.').at(-1) ?? name] = error.message ?? error.msg ?? '';
  }
  if (problem.field) fields[problem.field] ??= '';
  return fields;
}

export async function problemOf(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as Problem;
  const detail = typeof body.detail === 'string' ? body.detail : (body.title ?? '');
  const after = Number(answer.headers.get('Retry-After'));
  return new ApiError(answer.status, body.code ?? '', detail, fieldsOf(body), after > 0 ? after : null, answer.headers.get('Date') ?? '');
}

/** The server could not be reached at all. */
export class OfflineError extends Error {}

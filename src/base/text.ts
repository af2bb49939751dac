/** Every name that a marketer sees exists in Chinese and in English. */
export interface Bilingual {
  readonly zh: string;
  readonly en: string;
}

export function bilingual(zh: string, en: string): Bilingual {
  return { zh, en };
}

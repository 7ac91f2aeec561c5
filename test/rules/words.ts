/**
 * Words that make a text hard for an engineer in a hurry whose first language is another one, each with a better one.
 * They are looked for in everything that ships and in the documents, in prose and in code.
 */
export const prose: readonly (readonly [word: RegExp, better: string])[] = [
  [/\banew\b/i, "again"],
  [/\b(?:whoever|whomever)\b/i, "name who: the executor, the admin, the caller"],
  [/(?<!`)\b(?:some|no|any)body\b(?!`)/i, "name who: no executor, people, a user"],
  [/\bsuch (?:a )?ones?\b/i, "name the noun"],
  [/\bno more\b(?=[.,;:!?"'`)]|$)/i, "no longer"],
  [/\bfor ever\b/i, "forever, or say until when"],
  [/\bthat (?:is|are|was|were) there\b/i, "existing"],
  [/\b(?:is|are) none of\b/i, "is not"],
  [/\bof then\b/i, "of that time"],
  [/\bat hand\b/i, "available"],
  [/\bhard by\b|\bhence\b|\bthereof\b|\bwherein\b|\blest\b/i, "plain words"],
];

/** Names that say nothing or have another word in "One word for one thing"; names on the wire and in the database stay. */
export const identifiers: readonly (readonly [word: RegExp, better: string])[] = [
  [/\bNeeded\b/, "<Verb>Deps"],
  [/\b(?:Held|Holder|AttemptId)\b/, "AttemptRef, or what it is"],
  [/\bAsker\b/, "Requester"],
  [/\bmost[A-Z]/, "max…"],
  [/\bleast[A-Z]/, "min…"],
];

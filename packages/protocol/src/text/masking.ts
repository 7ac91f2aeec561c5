import { z } from "zod";
import { SealrunError } from "../error.ts";
import type { JsonValue } from "./json-value.ts";
import { parseJson } from "./decode.ts";
import { findLostIntegers } from "./lost-integers.ts";

/** Shorter texts are never masked: their mask would hide ordinary text. */
export const minMaskedBytes = 4;

/** Shorter texts are masked only as a separate word. */
export const maskedAnywhereBytes = 8;

/** How much of a secret's value a run masks. */
export const masking = z.enum(["all", "part", "none"]);
export type Masking = z.infer<typeof masking>;

/** A string, number, boolean or null inside a value, and where it is. */
export interface Leaf {
  readonly path: readonly (string | number)[];
  /** Undefined for `true`, `false` and `null`. */
  readonly text: string | undefined;
}

/** What is not masked of a value, and why. */
export interface MaskingJudgement {
  readonly masking: Masking;
  /** The whole value is a common word: it is masked, but only as a separate word. */
  readonly isCommonWord: boolean;
  /** Places of the parts that are too short or common words. */
  readonly unmasked: readonly Leaf["path"][];
}

/** Judges how much of a value a run masks. The executor's masker and all warnings follow this. */
export function judgeMasking(value: JsonValue): MaskingJudgement {
  const [whole, ...inside] = listLeaves(value);
  const isStructure = typeof value === "object" && value !== null;
  const parts = isStructure && whole !== undefined ? [whole, ...inside] : inside;
  const text = isStructure ? JSON.stringify(value) : whole?.text;
  if (text === undefined || isTooShort(text)) return { masking: "none", isCommonWord: false, unmasked: [] };
  const unmasked = parts.filter((part) => !isMaskedPart(part.text)).map(({ path }) => path);
  const isWord = !isStructure && isCommonWord(text);
  return { masking: unmasked.length === 0 ? "all" : "part", isCommonWord: isWord, unmasked };
}

/**
 * Every leaf of a value. A string comes before the leaves of the JSON in it: credential files are often stored as one
 * string, and a script that parses it may print a member.
 */
export function* listLeaves(value: unknown, path: Leaf["path"] = []): Generator<Leaf> {
  if (typeof value === "number") yield { path, text: JSON.stringify(value) };
  else if (typeof value === "boolean" || value === null) yield { path, text: undefined };
  else if (Array.isArray(value))
    for (const [index, child] of value.entries()) yield* listLeaves(child, [...path, index]);
  else if (typeof value === "object")
    for (const [key, child] of Object.entries(value)) yield* listLeaves(child, [...path, key]);
  else if (typeof value === "string") {
    yield { path, text: value };
    yield* listLeavesIn(value, path);
  }
}

/** True for a leaf, or a line, that is masked: not too short, and not a common word. */
export function isMaskedPart(text: string | undefined): boolean {
  return text !== undefined && !isTooShort(text) && !isCommonWord(text);
}

/** True for a text that is never masked. White space around it does not count. */
export function isTooShort(text: string): boolean {
  return new TextEncoder().encode(text.trim()).length < minMaskedBytes;
}

/** True for a word that is in many logs and protects nothing, in any case, and for a whole number up to 65535. */
export function isCommonWord(text: string): boolean {
  const word = text.trim();
  if (word.length > maxCommonLength) return false;
  return commonWords.has(word.toLowerCase()) || (/^\d{1,5}$/.test(word) && Number(word) <= 65_535);
}

/** The leaves of the JSON in a text. An integer that a double rounds is there twice: JavaScript rounds it, Python does not. */
function* listLeavesIn(text: string, path: Leaf["path"]): Generator<Leaf> {
  if (!/^\s*[[{]/.test(text)) return;
  let structure: unknown;
  try {
    structure = parseJson(text, { mayRound: true });
  } catch (error) {
    if (error instanceof SealrunError) return;
    throw error;
  }
  yield* listLeaves(structure, path);
  for (const { path: inner, literal } of findLostIntegers(text)) yield { path: [...path, ...inner], text: literal };
}

const commonWords: ReadonlySet<string> = new Set(
  [
    "true,false,null,none,undefined,enabled,disabled,enable,disable,required,optional,prefer,require,allow",
    "default,auto,automatic,manual,active,inactive,always,never,unknown,empty",
    "user,username,admin,administrator,root,guest,public,private,owner,postgres,postgresql,mysql,mariadb,sqlite,mongodb",
    "redis,oracle,sqlserver,rabbitmq,kafka,database",
    "password,passwd,pass,secret,token,changeme,example,sample,test,testing,demo",
    "development,staging,stage,production,prod,local,remote,main,master",
    "localhost,localhost.localdomain,127.0.0.1,0.0.0.0,host.docker.internal",
    "http,https,smtp,smtps,imap,ldap,ldaps,amqp,amqps,verify-ca,verify-full,starttls",
    "info,warn,warning,error,debug,trace,fatal,notice",
    "basic,bearer,plain,text,json,yaml,string,number,boolean,object,array,utf8,utf-8,ascii",
    "service_account,read,write,readonly,read-only,readwrite",
  ].flatMap((words) => words.split(",")),
);

const maxCommonLength = Math.max(...[...commonWords].map((word) => word.length));

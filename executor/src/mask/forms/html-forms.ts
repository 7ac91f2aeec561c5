/** `text` as HTML and XML write it: each habit of escaping quotes, and characters outside ASCII as entities too. */
export function htmlForms(text: string): readonly string[] {
  const base = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
  const forms = doubleQuotes.flatMap((double) => {
    const half = base.replaceAll('"', double);
    return singleQuotes.map((single) => half.replaceAll("'", single));
  });
  const numeric = text.replaceAll(/[&<>"']/g, decimal);
  const mustache = text.replaceAll(/[&<>"'/`=]/g, (character) => mustacheEntities[character] ?? character);
  const all = [...forms, base.replaceAll(/"/g, "&#34;").replaceAll("'", "&#39;").replaceAll("+", "&#43;")];
  const attribute = base.replaceAll('"', "&quot;");
  const outside = [attribute, attribute.replaceAll("'", "&#39;"), attribute.replaceAll("'", "&#x27;")].flatMap(
    (form) => [numericOutside(form), namedOutside(form)],
  );
  return [...all, numeric, mustache, numericOutside(text), ...outside];
}

const doubleQuotes = ['"', "&quot;", "&#34;", "&#x22;"];
const singleQuotes = ["'", "&#39;", "&#x27;", "&apos;", "&#039;"];

const mustacheEntities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "/": "&#x2F;",
  "`": "&#x60;",
  "=": "&#x3D;",
};

function decimal(character: string): string {
  return `&#${character.codePointAt(0) ?? 0};`;
}

function numericOutside(html: string): string {
  return html.replaceAll(/[^\0-\x7e]/gu, decimal);
}

function namedOutside(html: string): string {
  return html.replaceAll(/[^\0-\x7e]/gu, (character) => {
    const name = latinNames[(character.codePointAt(0) ?? 0) - 0xa0];
    return name === undefined ? character : `&${name};`;
  });
}

/** The entities of U+00A0 to U+00FF. */
const latinNames = [
  "nbsp,iexcl,cent,pound,curren,yen,brvbar,sect,uml,copy,ordf,laquo,not,shy,reg,macr",
  "deg,plusmn,sup2,sup3,acute,micro,para,middot,cedil,sup1,ordm,raquo,frac14,frac12,frac34,iquest",
  "Agrave,Aacute,Acirc,Atilde,Auml,Aring,AElig,Ccedil,Egrave,Eacute,Ecirc,Euml,Igrave,Iacute,Icirc,Iuml",
  "ETH,Ntilde,Ograve,Oacute,Ocirc,Otilde,Ouml,times,Oslash,Ugrave,Uacute,Ucirc,Uuml,Yacute,THORN,szlig",
  "agrave,aacute,acirc,atilde,auml,aring,aelig,ccedil,egrave,eacute,ecirc,euml,igrave,iacute,icirc,iuml",
  "eth,ntilde,ograve,oacute,ocirc,otilde,ouml,divide,oslash,ugrave,uacute,ucirc,uuml,yacute,thorn,yuml",
].flatMap((words) => words.split(","));

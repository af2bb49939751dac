/** Style sheet of report pages: light, dark, paper and phone. Colours are those of Okabe & Ito (2008), apart for every kind of colour vision. */
export const STYLE = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1c2024;--soft:#5c6570;--line:#d9dee3;--grid:#eaedf0;--panel:#f6f7f9;--model:#0072b2;--baseline:#8a9199;--outcome:#d55e00;--latest:#009e73;--learned:#9ec5dd;--calibration:#cc79a7;--best:#e69f00;--ok:#00735a;--wait:#8a6100;--bad:#b3261e;--s0:#2b6cb0;--s1:#5b87b8;--s2:#8b9cb4;--s3:#a99fa6;--s4:#c49670;--s5:#d98436;--s6:#dd6b00}
@media (prefers-color-scheme:dark){:root{--bg:#14171a;--fg:#e8eaed;--soft:#a3abb5;--line:#3a4149;--grid:#262b31;--panel:#1c2025;--model:#56b4e9;--baseline:#8f98a2;--outcome:#f0883e;--latest:#35c9a0;--learned:#3b6682;--calibration:#d997bd;--best:#f0c24b;--ok:#4cc9a4;--wait:#e0b34d;--bad:#ff8a80;--s0:#5aa2e6;--s1:#7aa9d4;--s2:#95a9bf;--s3:#aca8ab;--s4:#c7a27e;--s5:#e0964f;--s6:#ff9030}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.55 system-ui,-apple-system,"Segoe UI","PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans",sans-serif}
.switch{position:absolute;opacity:0;pointer-events:none}
#lang-zh:checked~.page .en,#lang-en:checked~.page .zh{display:none}
.switcher{float:right;display:flex;gap:4px;margin:4px 0 8px 16px}
.switcher label{padding:2px 10px;border:1px solid var(--line);border-radius:14px;cursor:pointer;font-size:13px;color:var(--soft)}
#lang-zh:checked~.page .switcher [for=lang-zh],#lang-en:checked~.page .switcher [for=lang-en]{background:var(--model);border-color:var(--model);color:var(--bg)}
#lang-zh:focus-visible~.page [for=lang-zh],#lang-en:focus-visible~.page [for=lang-en]{outline:2px solid var(--best)}
.page{max-width:920px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:26px;line-height:1.25;margin:0 0 4px}h2{font-size:21px;margin:40px 0 8px;border-top:2px solid var(--fg);padding-top:12px}h3{font-size:17px;margin:28px 0 8px}h4{font-size:15px;margin:18px 0 4px}
p{margin:6px 0}.soft,.note,small{color:var(--soft)}.note{font-size:13.5px}small{font-size:12.5px}
code{font:13px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
td code{white-space:nowrap}
nav{display:flex;flex-wrap:wrap;gap:2px 16px;margin:14px 0;font-size:14px}nav a{color:var(--model);text-decoration:none}nav a:hover{text-decoration:underline}
.badge{display:inline-block;padding:1px 9px;border:1px solid var(--line);border-radius:10px;font-size:12.5px;white-space:nowrap}
.badge.excellent,.badge.good{border-color:var(--ok);color:var(--ok)}.badge.usable{border-color:var(--wait);color:var(--wait)}.badge.not_recommended{border-color:var(--bad);color:var(--bad)}
.notice{border-left:4px solid var(--wait);background:var(--panel);padding:8px 14px;margin:14px 0}
.cautions{border-left:4px solid var(--wait);background:var(--panel);margin:12px 0;padding:8px 14px 8px 32px}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(180px,1fr));gap:10px;margin:14px 0}
.tile{background:var(--panel);border-radius:8px;padding:10px 14px}.tile b{display:block;font-size:24px;line-height:1.3;font-variant-numeric:tabular-nums}.tile small{display:block}.tile .what{font-size:13px;color:var(--soft)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:8px 0;font-size:13.5px;min-width:min(100%,480px)}figure table{min-width:100%}
th,td{padding:5px 14px 5px 0;text-align:left;border-bottom:1px solid var(--line);vertical-align:top}th{font-weight:600;color:var(--soft)}
.number{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}th.number{white-space:normal}th{vertical-align:bottom}td:first-child{min-width:96px}
tr.head th{padding-top:16px;color:var(--fg)}
.segments td{vertical-align:middle}.with-strip{display:flex;align-items:center;gap:10px;white-space:nowrap;justify-content:space-between}
svg.strip{width:120px;height:20px;flex:none}
td .state{display:inline-block;min-width:64px}.ok{color:var(--ok)}.wait{color:var(--wait)}.bad{color:var(--bad);font-weight:600}.flag{color:var(--wait);font-size:12.5px}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:8px 24px;align-items:start}
.thirds{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,280px),1fr));gap:4px 12px}
figure{margin:10px 0;min-width:0}figcaption b{display:block;font-size:14.5px}figcaption .note{display:block}
svg{display:block;max-width:100%;height:auto}
.wide svg{min-width:700px}
.legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px;margin:4px 0}.legend span{display:inline-flex;align-items:center;gap:6px}.legend i{width:14px;height:9px;border-radius:2px;display:inline-block}
.axis text{font-size:11.5px;fill:var(--soft);font-variant-numeric:tabular-nums}text.title{font-size:12px;fill:var(--fg)}text.name{font-size:12.5px;fill:var(--fg)}text.small,svg>text{font-size:11.5px;fill:var(--soft)}svg>text.title{fill:var(--fg);font-size:12px}svg>text.name{fill:var(--fg);font-size:12.5px}
.rule,.tick{stroke:var(--soft);fill:none}.grid{stroke:var(--grid);fill:none}.now{stroke:var(--soft);stroke-dasharray:3 3;fill:none}
.line{fill:none;stroke-width:2}.line.chance{stroke:var(--soft);stroke-width:1;stroke-dasharray:4 4}.line.baseline{stroke:var(--baseline)}.line.perfect{stroke:var(--best);stroke-width:1.5}.line.model{stroke:var(--model);stroke-width:2.4}.line.outcome{stroke:var(--outcome)}.line.latest{stroke:var(--latest)}.line.other{stroke:var(--outcome)}
.band{stroke:none;opacity:.2}.band.model{fill:var(--model)}
.whisker{stroke:currentColor;stroke-width:1.5;fill:none}g.model,g.baseline,g.outcome,g.other{fill:currentColor}g.model{color:var(--model)}g.baseline{color:var(--baseline)}g.outcome{color:var(--outcome)}g.other{color:var(--outcome)}
.box{color:var(--soft)}.box .body{opacity:.85}.box .whisker{stroke-width:1}.box.learned .body{fill:var(--learned)}.box.test .body{fill:var(--model)}.box.latest .body{fill:var(--latest)}.median{stroke:var(--fg);stroke-width:2;fill:none}
rect.learned,circle.learned{fill:var(--learned)}rect.outcome{fill:var(--outcome)}rect.calibration,circle.calibration{fill:var(--calibration)}rect.test,circle.test{fill:var(--model)}rect.serve,circle.serve{fill:var(--latest)}circle.best{fill:var(--best);stroke:var(--bg);stroke-width:1.5}
.dots{fill:none;stroke-width:3.6;stroke-linecap:round;stroke-opacity:.8}.dots.model{stroke:var(--model);stroke-opacity:.5;stroke-width:4}.dots.none{stroke:var(--baseline)}
.shade0{stroke:var(--s0)}.shade1{stroke:var(--s1)}.shade2{stroke:var(--s2)}.shade3{stroke:var(--s3)}.shade4{stroke:var(--s4)}.shade5{stroke:var(--s5)}.shade6{stroke:var(--s6)}
i.shade0{background:var(--s0)}i.shade1{background:var(--s1)}i.shade2{background:var(--s2)}i.shade3{background:var(--s3)}i.shade4{background:var(--s4)}i.shade5{background:var(--s5)}i.shade6{background:var(--s6)}i.none,i.baseline{background:var(--baseline)}i.model{background:var(--model)}i.outcome,i.other{background:var(--outcome)}i.latest,i.serve{background:var(--latest)}i.learned{background:var(--learned)}i.test{background:var(--model)}i.best{background:var(--best)}i.perfect{background:var(--best)}
.inputs{display:flex;flex-wrap:wrap;gap:8px 22px;margin:10px 0}.inputs label{font-size:13.5px}.inputs input{width:92px;padding:4px 6px;font:inherit;color:inherit;background:var(--bg);border:1px solid var(--line);border-radius:5px;margin-left:4px}
.answer{font-size:16px;font-weight:600;background:var(--panel);padding:10px 14px;border-radius:8px}
.card dt{font-weight:600;margin-top:10px}.card dd{margin:0}.card ul{margin:2px 0;padding-left:20px}
details{border-top:1px solid var(--line);margin:18px 0 0}details>summary{cursor:pointer;padding:10px 0;font-weight:600;font-size:17px}
@media (min-width:700px){.card{display:grid;grid-template-columns:150px 1fr;gap:0 18px}.card dd{margin-top:10px}}
@media (max-width:520px){td{white-space:nowrap}td:first-child{white-space:normal;min-width:120px}.page{padding:14px 12px 40px}h1{font-size:21px}.tile b{font-size:20px}.with-strip{flex-wrap:wrap}}
@media print{:root{--bg:#fff;--fg:#000;--soft:#444;--line:#bbb;--grid:#e4e4e4;--panel:#f4f4f4;--model:#0072b2;--baseline:#777;--outcome:#d55e00;--latest:#009e73;--learned:#9ec5dd;--ok:#00573f;--wait:#6b4b00;--bad:#8c1d18}
body{font-size:11pt}.page{max-width:none;padding:0}.switcher,nav{display:none}.scroll{overflow:visible}.wide svg{min-width:0}figure,.tile,tr,.answer{break-inside:avoid}h2,h3,h4{break-after:avoid}details::details-content{content-visibility:visible;height:auto}}
`;

/** The one style sheet of the docs page; its hash is the only thing that the page's content policy lets in. */
export const STYLE = `
:root{--ink:#1c2430;--soft:#5a6778;--line:#dfe4ea;--paper:#fff;--shade:#f5f7f9;--get:#0b6e4f;--post:#8a4b08;--delete:#a3262a;--link:#0b57a4}
@media (prefers-color-scheme:dark){:root{--ink:#e3e8ee;--soft:#9aa7b5;--line:#303a46;--paper:#12171d;--shade:#1a2129;--get:#5fcf9f;--post:#f0b35f;--delete:#f08a8d;--link:#7db7f5}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.55 system-ui,"Noto Sans CJK SC","PingFang SC","Microsoft YaHei",sans-serif}
a{color:var(--link);text-decoration:none}a:hover{text-decoration:underline}
.page{display:grid;grid-template-columns:17rem minmax(0,1fr);max-width:84rem;margin:0 auto}
nav{position:sticky;top:0;height:100vh;overflow:auto;padding:1.5rem 1rem 2rem 1.25rem;border-right:1px solid var(--line);font-size:14px}
nav h2{font-size:13px;margin:1.1rem 0 .2rem;color:var(--soft);font-weight:600}
nav ul{list-style:none;margin:0;padding:0}nav li{margin:.15rem 0}
main{padding:1.5rem 2rem 5rem}
h1{font-size:1.7rem;margin:0 0 .4rem}h2{font-size:1.3rem;margin:2.6rem 0 .6rem}h3{font-size:1.05rem;margin:0}
p{margin:.4rem 0}.soft{color:var(--soft)}
code,pre{font:13px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"Noto Sans Mono CJK SC",monospace}
code{background:var(--shade);padding:.05rem .3rem;border-radius:4px;overflow-wrap:anywhere}
pre{background:var(--shade);border:1px solid var(--line);border-radius:6px;padding:.7rem .85rem;overflow:auto;margin:.4rem 0}pre code{background:none;padding:0;overflow-wrap:normal}
section.route{border:1px solid var(--line);border-radius:8px;padding:1rem 1.2rem;margin:1rem 0}
.line{display:flex;flex-wrap:wrap;gap:.6rem;align-items:baseline}
.method{font:600 13px ui-monospace,Menlo,Consolas,monospace;text-transform:uppercase}.get{color:var(--get)}.post,.put{color:var(--post)}.delete{color:var(--delete)}
.path{font:600 15px ui-monospace,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.roles{margin:.5rem 0;font-size:13.5px}.role{display:inline-block;border:1px solid var(--line);border-radius:99px;padding:0 .6rem;margin-right:.35rem}.role.no{color:var(--soft);text-decoration:line-through;border-style:dashed}
h4{font-size:13px;color:var(--soft);font-weight:600;margin:.9rem 0 .2rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:13.5px}th{text-align:left;white-space:nowrap;color:var(--soft);font-weight:600}th,td{border-bottom:1px solid var(--line);padding:.28rem .7rem .28rem 0;vertical-align:top}
td:first-child{white-space:nowrap}.must{color:var(--post)}
summary{cursor:pointer;color:var(--link);margin:.5rem 0;font-size:14px}
@media (max-width:60rem){.page{display:block}nav{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}main{padding:1rem}}
`;

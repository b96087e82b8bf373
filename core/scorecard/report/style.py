"""How the report looks, on a screen and on paper."""

STYLE = """
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { font: 15px/1.45 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; color: #0F1814; background: #FCFDFC;
  max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem; }
h1, h2, h3 { font-family: "Source Serif 4", Georgia, serif; line-height: 1.25; }
h1 { font-size: 2rem; margin: .1em 0 .3em; } h2 { font-size: 1.25rem; font-weight: 500; margin: 1em 0 .5em; }
h3 { font-size: 1rem; margin: .2em 0; }
p { margin: .3em 0; } ul { margin: .2em 0; padding-left: 1.1rem; } .check { list-style: none; padding-left: 0; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .93em; }
th, td { text-align: left; padding: .28rem .5rem; border-bottom: 1px solid #CFDAD4; vertical-align: top; }
th { background: #EFF4F1; font-weight: 600; }
.quiet { color: #4A5752; font-size: .9em; } .hash { font-size: .8em; overflow-wrap: anywhere; }
.two { display: grid; grid-template-columns: repeat(auto-fit, minmax(18rem, 1fr)); gap: 0 2rem; margin-top: .6rem; }
.sign { display: grid; grid-template-columns: 2fr 2fr 1fr 3fr; gap: 1rem; margin-top: .8rem; }
.sign p { border-bottom: 1px solid #0F1814; min-height: 1.9em; margin: 0; padding-top: .4em; overflow-wrap: anywhere; }
.rows { display: grid; grid-template-columns: repeat(auto-fit, minmax(22rem, 1fr)); gap: .6rem 2rem; }
figure { margin: 0; padding: .5rem 0; border-top: 1px solid #CFDAD4; } figure svg { width: 100%; height: auto; display: block; }
.badge { font: 600 .78rem "Source Sans 3", system-ui, sans-serif; border-radius: .35rem; padding: .05rem .45rem; background: #E8EDEA;
  color: #4A5752; white-space: nowrap; }
.within { background: #E4ECFB; color: #1D4FA8; } .beyond { background: #FBE3D5; color: #9A3412; }
@media (max-width: 40rem) { .sign { grid-template-columns: 1fr 1fr; } table { font-size: .82em; } th, td { padding: .25rem; } }
@page { size: A4; margin: 11mm 12mm; }
@media print {
  body { font-size: 8.6pt; line-height: 1.32; margin: 0; padding: 0; max-width: none; background: none; }
  h1 { font-size: 17pt; } h2 { font-size: 11.5pt; margin: .5em 0 .3em; } h3 { font-size: 9pt; }
  th, td { padding: 1.6pt 4pt; } .first { break-after: page; } .methods { break-before: auto; }
  .rows { display: block; columns: 2; column-gap: 7mm; } figure, tr { break-inside: avoid; } figure { padding: 1.5mm 0; }
  th, .badge, rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

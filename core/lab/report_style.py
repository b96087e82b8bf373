"""How a run's report looks, on a screen and on paper."""

STYLE = """
:root { color-scheme: light; }
body { font: 16px/1.5 "Source Sans 3", "Source Sans Pro", system-ui, sans-serif; color: #0F1814; background: #FCFDFC;
  max-width: 68rem; margin: 2rem auto; padding: 0 1.25rem; }
h1, h2, h3 { font-family: "Source Serif 4", Georgia, serif; line-height: 1.25; }
h1 { font-size: 2.1rem; margin: .2em 0; } h2 { font-size: 1.375rem; font-weight: 500; margin-top: 1.6em; }
h3 { font-size: 1.05rem; margin: 0 0 .3em; } p, ul { margin: .5em 0; }
.finding { font: 500 1.375rem/1.35 "Source Serif 4", Georgia, serif; margin: .4em 0 .7em; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem; border-bottom: 1px solid #CFDAD4; vertical-align: top; overflow-wrap: anywhere; }
th { background: #EFF4F1; font-weight: 600; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(26rem, 1fr)); gap: .5rem 2rem; }
figure { margin: 1rem 0; min-width: 0; } figure svg { width: 100%; height: auto; display: block; }
figcaption, .quiet { color: #4A5752; font-size: .9rem; }
.badge { border-radius: .4rem; padding: .1rem .5rem; font-weight: 600; font-size: .9rem; }
.holds { background: #E4ECFB; color: #1D4FA8; } .contradicted { background: #FBE3D5; color: #9A3412; }
.inconclusive { background: #E8EDEA; color: #4A5752; }
@media (max-width: 34rem) { .figures { display: block; } }
@page { size: A4; margin: 12mm 13mm; }
@media print {
  body { font-size: 9pt; line-height: 1.35; margin: 0; padding: 0; max-width: none; background: none; }
  h1 { font-size: 17pt; } h2 { font-size: 12pt; margin-top: 1em; break-after: avoid; } h3 { font-size: 9.5pt; break-after: avoid; }
  .finding { font-size: 12pt; } .first { break-after: page; } .first figure { max-width: 150mm; margin: 2mm auto; }
  .figures { grid-template-columns: 1fr 1fr; gap: 2mm 6mm; } th, td { padding: 1.5pt 4pt; }
  figcaption, .quiet { font-size: 8pt; }
  figure, tr, article { break-inside: avoid; } * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""

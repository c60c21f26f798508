# Reports into files and to standard output, several at once, whole or not at all.
= answers.yaml
| answers:
|   ORG-1:
|     answer: 2
|     date: 2026-09-01
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --pdf a.pdf --xlsx a.xlsx --csv a.csv --html a.html --json | head -c 2
> {
! written: a.pdf
! written: a.xlsx
$ head -c 5 a.pdf; echo; head -c 2 a.xlsx; echo; tail -c +4 a.csv | head -1; ls
> %PDF-
> PK
~ ^practice,title,dimension
~ ^a.html$
$ ls | grep -c XXXX\\\|a.pdf.
> 0
? 1
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --pdf - | head -c 5; echo
> %PDF-
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --lang th --pdf - | cmp - <(tidemark assess --answers answers.yaml --as-of 2026-09-30 --lang th --pdf -) && tidemark assess --answers answers.yaml --as-of 2026-09-30 --lang ar --xlsx - | cmp - <(tidemark assess --answers answers.yaml --as-of 2026-09-30 --lang ar --xlsx -) && echo same
> same
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --csv - --html -
! only one report
? 64
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --csv - --json
! only one report
? 64
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --csv x --html x
! name the same file
? 64
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --pdf nowhere/a.pdf
! nowhere/a.pdf
? 66
$ tidemark assess --answers answers.yaml --as-of 2026-09-30 --xlsx - > /dev/full
! standard output
? 74
